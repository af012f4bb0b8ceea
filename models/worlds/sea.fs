/*{
  "ISFVSN": "2",
  "DESCRIPTION": "The open sea, fair to grey: swell in perspective under drifting clouds, with glitter.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "time_of_day", "LABEL": "Time of day (night to noon)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.40},
    {"NAME": "weather", "LABEL": "Weather (clear to gloomy)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.15},
    {"NAME": "clouds", "LABEL": "Clouds", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "warmth", "LABEL": "Warmth of the light", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "swell", "LABEL": "Swell", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "wind", "LABEL": "Wind (ripples and white caps)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "palette", "LABEL": "Water (slate to turquoise)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "haze", "LABEL": "Haze", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "height", "LABEL": "Height over the water", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "seed", "LABEL": "Place", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "pulse", "LABEL": "Onset", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "bass", "LABEL": "Bass", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "mid", "LABEL": "Mid", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "treble", "LABEL": "Treble", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "energy", "LABEL": "Energy", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5}
  ]
}*/

// ---- what all worlds share: hashes, noise, tone ----
float hash2(vec2 p) {
    vec3 q = fract(p.xyx * 0.1031);
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}
float value2(vec2 p) {  // 0..1
    vec2 i = floor(p), f = p - i;
    f *= f * f * (f * (f * 6.0 - 15.0) + 10.0);
    vec4 h = fract(vec4(i, i + 1.0) * 0.1031);  // two hashes an axis, mixed into one for each corner
    h *= h + 33.33;
    h = fract(h * (h + h));
    vec4 corner = fract((h.xzxz + 0.37) * (h.yyww + 0.59) * 397.3);
    vec2 side = mix(corner.xz, corner.yw, f.x);
    return mix(side.x, side.y, f.y);
}
const int MANY = 40;  // turns of a loop that ends by `break`: drivers in software unroll fewer, and then run them all
const mat2 OCTAVE = mat2(1.6, 1.2, -1.2, 1.6);  // twice as fine, turned by 37 degrees
// 0..1. `octaves` may be broken: the last one fades.
float fbm(vec2 p, float octaves) {
    float sum = 0.0, weight = 0.5, total = 0.001;
    for (int i = 0; i < MANY; i++) {
        float part = weight * clamp(octaves, 0.0, 1.0);
        sum += part * value2(p);
        total += part;
        weight *= 0.5;
        p = OCTAVE * p + vec2(3.1, 1.7);
        octaves -= 1.0;
        if (octaves <= 0.0) break;  // last: a renderer in software runs through what follows a `break`
    }
    return sum / total;
}
vec3 curve(vec3 c) {  // filmic, then the display's gamma
    c = c * (2.51 * c + 0.03) / (c * (2.43 * c + 0.59) + 0.14);
    return sqrt(clamp(c, 0.0, 1.0));
}
float dither(vec2 place) { return (hash2(place + fract(TIME) * 61.7) - 0.5) / 255.0; }

// ---- the sea ----
float pixel, sun_height, day, gloom;
vec2 sun;
vec3 sunlight, skylight;

// The light of the air at height `up` over the horizon: scattered blue, haze that whitens it, a sun that reddens low down.
vec3 air(float up, float from_sun) {
    vec3 scatter = vec3(0.15, 0.36, 0.92);
    float mass = 1.0 / (up * 1.5 + 0.12);
    vec3 seen = 1.0 - exp(-(scatter * 0.17 + 0.035) * mass);
    vec3 tint = mix(sunlight, vec3(0.55, 0.72, 1.0), clamp(up * 1.5 + sun_height * 1.1 - 0.1, 0.0, 0.9));
    vec3 c = seen * tint * mix(0.10, 1.35, day) + vec3(0.006, 0.011, 0.03) * (1.0 - day);
    float low = exp(-abs(sun_height) * 6.0), glow = 0.14 / (1.0 + from_sun * from_sun * 30.0);
    glow += low * 1.7 * exp(-up * 5.0) / (1.0 + from_sun * from_sun * 2.0);  // the band of dusk over the horizon
    c += sunlight * glow * mix(0.35, 1.0, day);
    vec3 grey = mix(vec3(0.05, 0.062, 0.085), vec3(0.38, 0.42, 0.47), day) * (0.35 + 0.55 * exp(-up * 2.5))
        * (1.15 - 0.45 * weather);
    return mix(c, grey, gloom * 0.9);
}

const mat2 VEER = mat2(0.62, 0.78, -0.78, 0.62);
// Height (x) and slope (yz) of waves with narrow crests and wide troughs, all of them round; `octaves` may be broken.
vec3 waves(vec2 q, float octaves) {
    vec3 sum = vec3(0.0);
    vec2 way = vec2(0.28, -0.96);
    float weight = 1.0, often = 0.21, pace = 0.16;
    for (int i = 0; i < MANY; i++) {
        float part = weight * clamp(octaves, 0.0, 1.0);
        float u = 2.0 * fract(dot(way, q) * often + TIME * pace + float(i) * 0.37) - 1.0, uu = u * u;
        sum += part * vec3(uu * (1.5 - 0.5 * uu * uu) - 0.43, (6.0 * often * u * (1.0 - uu * uu)) * way);
        q += way * part * 0.35 * u * (1.0 - uu);  // crests bend where they meet
        weight *= 0.60;
        often *= 1.55;
        pace *= 1.24;
        way = VEER * way * vec2(1.0, 0.8);
        way *= inversesqrt(dot(way, way));
        octaves -= 1.0;
        if (octaves <= 0.0) break;
    }
    return sum;
}

void main() {
    vec2 half_size = 0.5 * RENDERSIZE / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * 2.0 * half_size;
    pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    float place = seed * 97.0;
    float bob = 0.006 * sin(TIME * 0.7) + 0.010 * bass;
    float horizon = half_size.y * mix(0.02, 0.22, height) + bob + p.x * 0.012 * sin(TIME * 0.43);

    // Light
    sun_height = mix(-0.10, 0.75, time_of_day * time_of_day * 0.6 + 0.4 * time_of_day);
    day = smoothstep(-0.10, 0.16, sun_height);
    gloom = smoothstep(0.12, 0.88, weather);
    float low = exp(-max(sun_height, 0.0) * 3.6);
    sunlight = mix(vec3(0.92, 0.97, 1.08), vec3(1.10, 1.0, 0.86), warmth);
    sunlight *= exp(-vec3(0.06, 0.36, 0.95) * low * mix(0.9, 3.4, warmth));
    sunlight = mix(vec3(0.30, 0.40, 0.62), sunlight, day);
    sun = vec2(half_size.x * 0.78 * sin(place * 0.7 + 0.5), max(0.26 - sun_height * 1.5, 0.035 + sun_height * 0.45));
    sun.y = min(sun.y, half_size.y - horizon - 0.06);
    skylight = air(0.5, 1.0);

    float up = p.y - horizon, below = max(-up, 0.0), is_sea = step(up, 0.0);

    // The water: a ray falls on the plane, then finds the swell in three steps. The flatter it falls, the less the swell
    // moves where it does: no wave hides another, so that there are no edges.
    float eye = mix(0.55, 1.5, height), far = eye / (below + 0.004);
    float amount = mix(0.05, 0.30, swell) * (0.8 + 0.3 * energy + 0.35 * bass);
    vec2 q = vec2(p.x * far, far);
    vec2 drift = vec2(place, -TIME * 0.15);
    float gusts = fbm(q * 0.16 + drift * 0.3, 3.0 * is_sea);
    float reach = clamp(-1.58 * log2(1.1 * far * far * pixel / eye), 0.0, 9.0) * is_sea;  // finer waves than two pixels fade
    float moved = amount * below / (below + 0.4 * amount);
    for (int i = 0; i < 3; i++) {
        float h = waves(q + drift + gusts * 2.0, clamp(reach - 2.5, 0.0, 4.0)).x * moved;
        q = vec2(p.x, 1.0) * max((eye - h) / (below + 0.004), 0.2);
    }
    vec2 bent = (vec2(value2(q * 1.3 + drift), value2(q * 1.1 - drift + 7.0)) - 0.5) * 0.9;  // no crest is straight
    vec3 wave = waves(q + drift + gusts * 2.0 + bent, reach);
    float chop = mix(0.25, 1.0, wind) * (0.7 + 0.4 * energy + 0.4 * mid) * (0.5 + gusts);
    float fine = clamp(reach * 1.2 - 5.0, 0.0, 4.0);
    vec2 at = q * 3.4 + drift * vec2(1.0, 4.0);
    float rip = fbm(at, fine), rip_x = fbm(at + vec2(0.35, 0.0), fine) - rip, rip_z = fbm(at + vec2(0.0, 0.35), fine) - rip;
    vec2 slope = wave.yz * amount * 0.8 + vec2(rip_x, rip_z) * chop * 0.75 * clamp(fine, 0.0, 1.0);

    // What a facet mirrors: the sky in the direction that it throws the eye's ray.
    vec3 ray = normalize(vec3(p.x, -below - 0.004, 1.0)), n = normalize(vec3(-slope.x, 1.0, -slope.y));
    float facing = -dot(ray, n), grazing = 1.0 - 0.5 * (facing + sqrt(facing * facing + 0.006));
    vec3 thrown = reflect(ray, n);
    float lost = clamp(1.0 - reach / 9.0, 0.0, 1.0) * chop * 0.25;  // slopes too small to be seen still lift the mirror
    vec2 mirrored = vec2(thrown.x, 0.5 * (thrown.y + sqrt(thrown.y * thrown.y + 0.01)) + lost * 0.5)
        / (0.5 * (thrown.z + 0.3 + sqrt((thrown.z - 0.3) * (thrown.z - 0.3) + 0.02)));  // no fold where a facet turns away
    float fresnel = 0.02 + 0.98 * grazing * grazing * grazing * grazing * grazing;
    fresnel = mix(fresnel, min(fresnel, 0.55), clamp(lost * 4.0, 0.0, 1.0));

    // Sky, seen or mirrored; clouds on a plane, lit from the sun's side.
    vec2 m = mix(vec2(p.x, max(up, 0.0)), mirrored, is_sea);
    float from_sun = length(m - sun);
    vec3 c = air(m.y, from_sun);
    vec2 cloud_at = vec2(m.x, 1.0) * (0.75 / (m.y + 0.15)) + vec2(TIME * 0.03 + place, TIME * 0.01);
    cloud_at = cloud_at * vec2(1.1, 1.7) + (fbm(cloud_at * 0.6 + 9.0, 3.0) - 0.5) * vec2(1.6, 1.1);
    float thick = fbm(cloud_at, mix(6.0, 2.0, is_sea));
    float behind = fbm(cloud_at + (sun - m) * vec2(0.40, -0.55) / (0.3 + from_sun), mix(4.0, 0.0, is_sea));
    float cover = mix(0.64, 0.38, clouds) - 0.12 * gloom;
    float cloud = smoothstep(cover - 0.12 * is_sea, cover + 0.18 + 0.14 * is_sea, thick) * smoothstep(0.0, 0.10, m.y);
    float lit = mix(clamp(0.5 + (thick - behind) * 2.8, 0.0, 1.0), 0.5, is_sea);
    vec3 cloud_shade = mix(skylight * 1.1 + 0.10 * sunlight * day, vec3(0.10, 0.115, 0.14) * (0.2 + day), gloom);
    vec3 cloud_light = sunlight * (0.55 + 0.9 * exp(-from_sun * 2.5)) * mix(0.30, 1.25, day) * (1.0 - 0.75 * gloom);
    c = mix(c, mix(cloud_shade, cloud_light + skylight * 0.4, lit), cloud * mix(0.88, 0.65, is_sea));
    float clear = max(1.0 - 2.5 * gloom, 0.0) * (1.0 - 0.75 * cloud), maria = 1.0 - 0.35 * value2(m * 90.0 + 5.0) * (1.0 - day);
    float disc = smoothstep(0.021 + pixel, 0.021 - pixel, from_sun) * maria * mix(0.9, 7.0, day);
    vec3 sun_seen = sunlight * clear * (disc + mix(0.008, 0.05, day) / (from_sun * from_sun * 30.0 + 0.02));
    vec2 star_at = m * 42.0, star_off = vec2(hash2(floor(star_at) + 3.0), hash2(floor(star_at) + 11.0)) - 0.5;
    float star = smoothstep(0.86, 1.0, hash2(floor(star_at) + 7.0))
        * smoothstep(90.0 * pixel, 0.0, length(fract(star_at) - 0.5 - star_off * 0.8));
    sun_seen += star * 0.5 * (1.0 - day) * (1.0 - day) * (1.0 - day) * (1.0 - gloom) * (1.0 - cloud)
        * smoothstep(0.04, 0.3, m.y);
    vec3 sky = c + sun_seen;

    // Glitter: how likely a facet here throws the sun into the eye, given its own slope and what is too small to see.
    vec3 to_sun = normalize(vec3(sun, 1.0)), half_way = normalize(to_sun - ray);
    vec2 wanted = -half_way.xz / half_way.y - slope * vec2(1.0, 1.0);
    float spread = 0.010 + 0.05 * lost + 0.020 * chop;
    float glitter = exp(-dot(wanted, wanted) / (2.0 * spread)) * 0.16 / (spread * 14.0);
    float spark = smoothstep(0.58 - 0.10 * treble, 0.90,
        fbm(vec2(p.x * 60.0, log2(far) * 42.0) + vec2(place, TIME * 2.2), 2.0 * is_sea));
    glitter *= (0.55 + (3.5 + 6.0 * treble) * spark) * max(1.0 - 1.6 * gloom, 0.0);

    // Water: light from below where waves are thin, white where they break.
    vec3 deep = mix(vec3(0.010, 0.022, 0.035),
        mix(vec3(0.006, 0.045, 0.085), vec3(0.005, 0.14, 0.17), smoothstep(0.5, 1.0, palette)),
        smoothstep(0.0, 0.6, palette));
    deep *= mix(0.10, 1.0, day) * mix(vec3(1.0), vec3(0.8), gloom);
    float thin = clamp(wave.x * 0.7 + 0.4, 0.0, 1.0) * clamp(0.5 - slope.y * 2.0, 0.0, 1.0);
    vec3 water = deep + deep * vec3(0.8, 1.9, 1.5) * thin * amount * 6.0;
    water = mix(water, c * vec3(0.94, 0.98, 1.0), fresnel) + sunlight * glitter * mix(0.35, 1.6, day);
    float breaking = wave.x * (0.5 + amount * 1.6) + (gusts - 0.5) * 1.2 + 0.25 * pulse;
    float lace = fbm(q * vec2(4.5, 3.5) + bent * 3.0 + drift * vec2(1.0, 1.4), min(fine + 1.0, 5.0));
    lace = mix(0.62, 1.0 - abs(2.0 * lace - 1.0), smoothstep(2.5, 5.5, reach));  // threads, not patches
    float foam = smoothstep(1.20, 1.70, (breaking + 0.55 * wind + 0.35) * (lace * 1.5 - 0.35))
        * clamp(reach * 0.4 - 0.6, 0.0, 1.0);
    water = mix(water, (sunlight * day * (1.0 - 0.7 * gloom) + skylight * 1.3) * (0.45 + 0.38 * lace), foam * 0.85);
    water *= 0.72 + 0.56 * smoothstep(0.25, 0.75, value2(q * 0.11 + drift * 0.3 + 5.0));
    vec3 veil = air(0.015, length(vec2(p.x - sun.x, sun.y)) * 0.8 + 0.15) * 0.95;
    water = mix(water, veil, exp(-below * mix(60.0, 12.0, haze)) * mix(0.5, 0.95, haze));
    c = mix(mix(sky, veil / 0.95, is_sea), water, smoothstep(0.0, -2.0 * pixel, up));
    c = mix(c, veil, exp(-max(up, 0.0) * mix(60.0, 14.0, haze)) * haze * 0.8 * (1.0 - is_sea));

    // Grey days are grey and a little grainy.
    c = mix(vec3(dot(c, vec3(0.25, 0.6, 0.15))), c, 1.0 + 0.30 * (1.0 - gloom) - 0.55 * gloom);
    c = max(c, 0.0) * (1.0 - 0.30 * dot(p, p) / dot(half_size, half_size));
    c = curve(c * mix(1.9 + 1.3 * gloom, 1.0, day));
    vec2 fall = isf_FragNormCoord * RENDERSIZE * min(0.45, 260.0 * pixel);  // grey days: streaks of rain, near and far
    float streaks = 0.6 * smoothstep(0.55, 0.95, value2(vec2(fall.x + 0.18 * fall.y, fall.y * 0.14 + mod(TIME, 600.0) * 6.0)))
        + smoothstep(0.5, 0.9, value2(0.6 * vec2(fall.x + 0.14 * fall.y, fall.y * 0.11 + mod(TIME, 600.0) * 4.0) + 40.0));
    c *= 1.0 - 0.22 * gloom * gloom;
    c += (streaks - 0.35) * 0.16 * gloom * gloom * (0.25 + c.g);
    gl_FragColor = vec4(c + dither(gl_FragCoord.xy), 1.0);
}
