/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A desert of dunes: sharp crests between lit and shaded slopes, wind ripples, sand that blows off the ridges.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "time_of_day", "LABEL": "Time of day (night to noon)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.42},
    {"NAME": "weather", "LABEL": "Weather (clear to sand storm)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.1},
    {"NAME": "clouds", "LABEL": "Clouds", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "warmth", "LABEL": "Warmth of the light", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.7},
    {"NAME": "height", "LABEL": "Height of the dunes", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "sand", "LABEL": "Sand (pale to red)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "wind", "LABEL": "Wind", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "haze", "LABEL": "Haze", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.35},
    {"NAME": "side", "LABEL": "Side of the sun", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.2},
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

// What the seed chooses, 0..1: a number of its own for each prime.
float chance(float prime) { return fract(seed * prime + 0.618034 * prime); }

// ---- the desert ----
float pixel, sun_height, day, gloom, crest_soft;  // crest_soft: how far a pixel reaches over the sand
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
    vec3 grey = mix(vec3(0.085, 0.088, 0.10), vec3(0.38, 0.42, 0.47), day) * (0.35 + 0.55 * exp(-up * 2.5))
        // full of sand
        * (1.15 - 0.45 * weather) * mix(vec3(1.0), mix(vec3(1.15, 1.0, 0.78), vec3(1.30, 0.88, 0.62), sand), 0.8);
    return mix(c, grey, gloom * 0.9);
}

// Sets what everything obeys: the sun (by night the moon), its colour, and the light of the sky. `horizon` is in p.
void set_light(vec2 half_size, float horizon, float side) {
    sun_height = mix(-0.10, 0.75, time_of_day * time_of_day * 0.6 + 0.4 * time_of_day);
    day = smoothstep(-0.10, 0.16, sun_height);
    gloom = smoothstep(0.12, 0.88, weather);
    sunlight = mix(vec3(0.92, 0.97, 1.08), vec3(1.10, 1.0, 0.86), warmth);
    sunlight *= exp(-vec3(0.06, 0.36, 0.95) * exp(-max(sun_height, 0.0) * 3.6) * mix(0.9, 3.4, warmth));
    sunlight = mix(vec3(0.30, 0.40, 0.62), sunlight, day);
    sun = vec2(half_size.x * side, max(0.26 - sun_height * 1.5, 0.04 + sun_height * 0.45));
    sun.y = min(sun.y, half_size.y - horizon - 0.06);  // like `m`, over the horizon
    skylight = air(0.5, 1.0);
}

// The sky at m (y over the horizon): air, clouds on a plane, sun or moon, stars.
vec3 heavens(vec2 m, float place, float octaves) {
    float up = max(m.y, 0.0), from_sun = length(m - sun);
    vec3 c = air(up, from_sun);
    vec2 at = vec2(m.x, 1.0) * (0.75 / (up + 0.15)) + vec2(TIME * 0.03 + place, TIME * 0.01);
    at = at * vec2(1.1, 1.7) + (fbm(at * 0.6 + 9.0, min(octaves, 3.0)) - 0.5) * vec2(1.6, 1.1);
    float thick = fbm(at, octaves), behind = fbm(at + (sun - m) * vec2(0.40, -0.55) / (0.3 + from_sun), octaves - 2.0);
    float cover = mix(0.64, 0.38, clouds) - 0.12 * gloom;
    float cloud = smoothstep(cover, cover + 0.18, thick) * smoothstep(0.0, 0.12, up);
    vec3 shade = mix(skylight * 1.1 + 0.10 * sunlight * day, vec3(0.10, 0.115, 0.14) * (0.2 + day), gloom);
    vec3 lit = sunlight * (0.55 + 0.9 * exp(-from_sun * 2.5)) * mix(0.30, 1.25, day) * (1.0 - 0.75 * gloom) + skylight * 0.4;
    c = mix(c, mix(shade, lit, clamp(0.5 + (thick - behind) * 2.8, 0.0, 1.0)), cloud * 0.88);
    float clear = max(1.0 - 2.5 * gloom, 0.0) * (1.0 - 0.75 * cloud);
    float maria = 1.0 - 0.35 * value2(m * 90.0 + 5.0) * (1.0 - day);
    float disc = smoothstep(0.021 + pixel, 0.021 - pixel, from_sun) * maria * mix(0.9, 7.0, day);
    c += sunlight * clear * (disc + mix(0.008, 0.05, day) / (from_sun * from_sun * 30.0 + 0.02));
    vec2 cell = floor(m * 42.0), off = vec2(hash2(cell + 3.0), hash2(cell + 11.0)) - 0.5;
    float star = smoothstep(0.86, 1.0, hash2(cell + 7.0))
        * smoothstep(90.0 * pixel, 0.0, length(m * 42.0 - cell - 0.5 - off * 0.8));
    float dark = (1.0 - day) * (1.0 - gloom) * (1.0 - cloud);
    return c + star * 0.5 * dark * dark * dark * smoothstep(0.04, 0.3, up);
}

vec3 finish(vec3 c, float edge) {  // grey days are grey; a vignette; the film's curve; dither
    c = mix(vec3(dot(c, vec3(0.25, 0.6, 0.15))), c, 1.0 + 0.30 * (1.0 - gloom) - 0.15 * gloom);
    c = curve(max(c, 0.0) * (1.0 - 0.30 * edge) * mix(1.9 + 1.3 * gloom, 1.0, day));
    vec2 fall = isf_FragNormCoord * RENDERSIZE * min(0.45, 260.0 * pixel);  // grey days: streaks of sand, near and far
    float streaks = 0.6 * smoothstep(0.45, 0.95, value2(vec2(fall.x * 0.045 - mod(TIME, 600.0) * 6.0, fall.y + 0.06 * fall.x)))
        + 0.7 * smoothstep(0.45, 0.95, value2(vec2(fall.x * 0.033 - mod(TIME, 600.0) * 2.4, 0.6 * fall.y + 0.06 * fall.x)));
    c *= 1.0 - 0.12 * gloom * gloom;
    c += (streaks - 0.35) * 0.07 * gloom * gloom * (0.25 + c.g);
    return c + dither(gl_FragCoord.xy);
}

const mat2 VEER = mat2(0.80, 0.60, -0.60, 0.80);
// Height (x) and slope (yz) of dunes: gentle to the wind, steep in its lee, sharp between; each size bent by the larger.
vec3 dunes(vec2 q, float octaves) {
    vec3 sum = vec3(0.0);
    vec2 way = vec2(0.55, 0.835);
    float weight = 1.0, often = 0.088;
    for (int i = 0; i < MANY; i++) {
        float part = weight * clamp(octaves, 0.0, 1.0);
        float along = dot(vec2(-way.y, way.x), q), bend = 2.0 * fract(along * often * 0.42 + float(i) * 0.31) - 1.0;
        float b = bend * (1.0 - abs(bend)), t = fract(dot(way, q) * often + float(i) * 0.37 + b * 1.5);
        // some of both sides where a pixel sees both
        float windward = clamp(0.5 + (0.68 - t) / (0.0001 + crest_soft * often), 0.0, 1.0);
        vec2 u2 = vec2(t / 0.68, (1.0 - t) / 0.32), rise = (2.7 * u2 - 1.05 * u2 * u2) * vec2(1.0 / 0.68, -1.0 / 0.32);
        float u = t < 0.68 ? u2.x : u2.y;
        float lean = (1.0 - 2.0 * abs(bend)) * often * 0.84 * 1.5;
        vec2 uphill = way * often + vec2(-way.y, way.x) * lean;
        part *= 0.60 + 0.85 * abs(b) * 2.0;  // no crest is level
        sum += part * vec3(u * u * (1.35 - 0.35 * u) - 0.4, mix(rise.y, rise.x, windward) * uphill);
        weight *= 0.24;
        often *= 2.7;
        way = VEER * way;
        octaves -= 1.0;
        if (octaves <= 0.0) break;
    }
    return sum;
}

// Dunes are lower before the eye, which would stand in one.
float grown(float z) { return mix(0.25, 1.0, smoothstep(0.7, 3.5, z)); }

void main() {
    vec2 half_size = 0.5 * RENDERSIZE / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * 2.0 * half_size;
    pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    // Each pixel looks a little aside of its middle: crests are of sand, and no stairs.
    p += (vec2(hash2(gl_FragCoord.xy), hash2(gl_FragCoord.yx + 71.0)) - 0.5) * 0.8 * pixel;
    float place = seed * 97.0, horizon = half_size.y * mix(-0.30, 0.58, chance(7.0)) + 0.004 * sin(TIME * 0.5) + 0.006 * bass;
    set_light(half_size, horizon, mix(side, chance(11.0), 0.6) * 1.7 - 0.85);
    float up = p.y - horizon;
    float amount = mix(0.7, 2.1, height);
    vec2 origin = vec2(place * 1.7, place + TIME * 0.060);
    vec2 warp = (vec2(value2(vec2(p.x * 1.3 + place, 2.0)), value2(vec2(p.x * 1.7 + place, 9.0))) - 0.5) * 0.5;

    // A ray and the sand: steps that grow, to the first that is under it.
    float eye = max(dunes(vec2(0.0, 0.5) + origin, 2.0).x, 0.0) * amount + 0.78 + 0.2 * amount, z = 0.7 / (half_size.y + max(horizon, 0.0) + 0.1),
        before = z, clearance = 1.0, was = 1.0, under = 0.0;
    for (int i = 0; i < 26; i++) {
        clearance = eye + up * z - dunes(vec2(p.x, 1.0) * z + origin + warp, 2.0).x * amount * grown(z);
        under = step(clearance, 0.0);
        if (under > 0.5 || (up > 0.0 && eye + up * z > amount * 0.9)) break;  // above all crests
        before = z;
        was = clearance;
        z *= 1.155;
    }
    for (int i = 0; i < 3; i++) {
        float guess = mix(before, z, clamp(was / max(was - clearance, 0.0001), 0.04, 0.96));
        float over = eye + up * guess - dunes(vec2(p.x, 1.0) * guess + origin + warp, 2.0).x * amount * grown(guess);
        before = over > 0.0 ? guess : before;
        was = over > 0.0 ? over : was;
        z = over > 0.0 ? z : guess;
        clearance = over > 0.0 ? clearance : over;
    }
    z = mix(before, z, clamp(was / max(was - clearance, 0.0001), 0.0, 1.0));
    float far_sand = step(up, -0.001) * (1.0 - under), is_sand = max(under, far_sand);
    z = mix(z, min(eye / max(-up, 0.01), 90.0), far_sand);
    vec2 q = vec2(p.x, 1.0) * z + origin + warp;

    // Slopes: the dune's, small dunes', wind ripples', grain's; each fades below two pixels.
    float reach = clamp(-log2(z * z * pixel * 1.2), 0.0, 8.0);
    crest_soft = 2.2 * z * pixel;
    vec3 dune = dunes(q, min(reach, 4.0));
    vec2 slope = dune.yz * amount * grown(z);
    float bent = fbm(q * 0.6, min(reach, 3.0) * is_sand) - 0.5;
    float ripple_at = dot(q, vec2(4.6, 7.2)) + bent * 9.0 + dune.x * 5.0 - TIME * 0.02;
    float tri = abs(2.0 * fract(ripple_at) - 1.0);
    slope += vec2(0.5, 0.8) * (smoothstep(0.0, 1.0, tri) - 0.5) * 0.52 * clamp(reach - 3.2, 0.0, 1.0) * (0.6 + bent);
    float grain = fbm(q * vec2(34.0, 26.0), clamp(reach - 4.0, 0.0, 4.0) * is_sand) - 0.5;
    grain *= clamp(reach - 4.0, 0.0, 1.0);
    vec3 n = normalize(vec3(-slope.x, 1.0, -slope.y));

    // Light: the sun stands before us, so slopes that face us lie in shade and crests shine.
    vec3 to_sun = normalize(vec3(sun.x * 1.6, sun.y * 0.9 + 0.10, 0.55));
    float lit = smoothstep(-0.04, 0.75, dot(n, to_sun) - 0.10);
    lit *= smoothstep(-0.30, 0.05, dot(n.xz, to_sun.xz) + 0.22 * sun.y + 0.2 + 0.3 * (dune.x + 0.3));
    float sky_part = 0.55 + 0.45 * n.y;
    vec3 grains = mix(mix(vec3(0.72, 0.62, 0.50), vec3(0.68, 0.42, 0.23), smoothstep(0.0, 0.55, sand)),
        vec3(0.52, 0.20, 0.09), smoothstep(0.5, 1.0, sand));
    grains *= 1.0 + 0.16 * grain + 0.12 * bent;
    vec3 beam = mix(sunlight, vec3(dot(sunlight, vec3(0.33))), 0.25) * mix(0.30, 1.75, day) * (1.0 - 0.85 * gloom);
    vec3 c_sand = grains * (beam * lit + skylight * sky_part * 0.95 + sunlight * grains * day * 0.16 * (1.0 - lit)
        + 0.05 * gloom * day);
    float shine = exp(-length(vec2(p.x - sun.x, up - sun.y)) * 3.5) * lit;
    c_sand += beam * shine * grains * 0.6 * (0.6 + 0.8 * smoothstep(0.15, 0.4, grain));

    // Air: haze by distance, dust that the wind takes off the crests, a storm of sand.
    vec3 dust = mix(air(0.03, length(vec2(p.x - sun.x, sun.y)) * 0.7 + 0.15),
        grains * (beam * 0.30 + skylight * 0.9 + 0.10 * day), 0.25 + 0.6 * gloom);
    c_sand *= 1.0 - 0.35 * gloom * smoothstep(6.0, 0.5, z);
    c_sand = mix(c_sand, dust, 1.0 - exp(-z * (mix(0.010, 0.075, haze) * (1.0 + gloom) + 0.05 * gloom * gloom)));
    vec3 c = heavens(vec2(p.x, max(up, 0.001)), place, is_sand < 1.0 ? 5.0 : 0.0);
    c = mix(c, dust, max(gloom * mix(0.8, 0.97, gloom) * exp(-max(up, 0.0) * 2.2), exp(-max(up, 0.0) * mix(50.0, 12.0, haze))));
    c = mix(c, c_sand, is_sand);
    // a storm's walls of sand, and the sun in them, a pale coin
    float wall = fbm(vec2(p.x * 1.2 - TIME * 0.25 + place, up * 2.4 + 0.4 * p.x), 5.0), to_sun_disc = length(vec2(p.x, up) - sun);
    wall = smoothstep(0.25, 0.75, wall + 0.10 * bass);
    c *= mix(1.0, 0.45 + 0.95 * wall, gloom * mix(1.0, 0.45, is_sand));
    c += gloom * (1.0 - is_sand) * day * mix(vec3(1.0, 0.88, 0.70), vec3(1.15, 0.62, 0.30), 0.4 + 0.6 * sand)
        * (0.45 * smoothstep(0.052, 0.034, to_sun_disc) + 0.34 * exp(-5.0 * to_sun_disc)) * (0.35 + 0.65 * wall);
    float blow = wind * (0.6 + 0.5 * energy + 0.5 * bass + 0.4 * pulse);
    vec2 stream = vec2(p.x * 1.6 - TIME * 0.55, p.y * 9.0 + p.x * 1.2 - TIME * 0.05) + place;
    float veil = fbm(stream + (fbm(stream * 0.5, 2.0) - 0.5) * 2.0, 5.0);
    float lee = is_sand * smoothstep(0.25, 0.75, dune.x + 0.2) * clamp(z * 0.3, 0.2, 1.0);
    c = mix(c, dust * 1.15 + beam * 0.06,
        smoothstep(0.46, 0.80, veil + 0.08 * mid) * blow * (0.35 * lee + 0.5 * gloom + 0.30 * exp(-abs(up + 0.02) * 16.0)));
    float glint = smoothstep(0.80, 1.0, hash2(floor(gl_FragCoord.xy * pixel * 260.0) + floor(TIME * 8.0))) * treble * 0.20
        * lit * is_sand;
    gl_FragColor = vec4(finish(c + beam * grains * glint, dot(p, p) / dot(half_size, half_size)), 1.0);
}
