/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A mountain lake that mirrors its peaks and sky, from a moonlit night to noon, in fair weather and in grey.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "time_of_day", "LABEL": "Time of day (night to noon)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.34},
    {"NAME": "weather", "LABEL": "Weather (clear to gloomy)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.15},
    {"NAME": "clouds", "LABEL": "Clouds", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "warmth", "LABEL": "Warmth of the light", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "height", "LABEL": "Height of the mountains", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.75},
    {"NAME": "snow_line", "LABEL": "Snow", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "autumn", "LABEL": "Autumn", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.35},
    {"NAME": "haze", "LABEL": "Mist", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.35},
    {"NAME": "wind", "LABEL": "Wind on the water", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "seed", "LABEL": "Place", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "pulse", "LABEL": "Onset", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "bass", "LABEL": "Bass", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "mid", "LABEL": "Mid", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "treble", "LABEL": "Treble", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "energy", "LABEL": "Energy", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5}
  ]
}*/

// ---- what all worlds share: hashes, noise, tone ----
float hash1(float n) { n = fract(n * 0.1031); n *= n + 33.33; return fract(n * (n + n)); }
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

// ---- the lake ----
float pixel, horizon, sun_height, day, gloom;
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

// A crest line as sharp folds: height, and slope (which says the side that a face turns to).
vec2 crest(float x, float octaves) {
    vec2 sum = vec2(0.0);
    float weight = 0.5, f = 1.0;
    for (int i = 0; i < MANY; i++) {
        float part = weight * clamp(octaves, 0.0, 1.0);
        float at = x * f + float(i) * 17.3, cell = floor(at), u = at - cell;
        float a = hash1(cell), b = hash1(cell + 1.0);
        float v = 2.0 * mix(a, b, u * u * (3.0 - 2.0 * u)) - 1.0;
        float rise = 2.0 * (b - a) * 6.0 * u * (1.0 - u);
        sum += part * vec2(1.0 - abs(v), -sign(v) * rise * f * 0.5);
        weight *= 0.5;
        f *= 2.03;
        octaves -= 1.0;
        if (octaves <= 0.0) break;
    }
    return sum;
}

// How high distant conifers stand at x, in cells as wide as `wide`: a tip in each cell.
float tips(float x, float wide, float key) {
    float cell = floor(x / wide), tall = 0.0;
    for (int i = -1; i <= 1; i++) {
        float c = cell + float(i), r = hash1(c + key);
        float side = abs(x / wide - c - 0.25 - 0.5 * hash1(c + key + 51.0));
        tall = max(tall, (0.35 + 0.65 * r) * (1.0 - side * (1.25 + 0.5 * r)));
    }
    return tall * wide * 3.0;
}

// Near conifers, 1 inside: boughs that droop and thin out to the tip; they grow taller from x = 0 to x = `far_end`.
float conifers(vec2 p, float far_end, float tall, float slide, float soft) {
    float wide = 0.20 * tall, cell = floor((p.x + slide) / wide), inside = 0.0, ragged = 0.6 * value2(p * 60.0);
    for (int i = -2; i <= 2; i++) {
        float c = cell + float(i), r = hash1(c + 7.0), centre = (c + 0.15 + 0.7 * hash1(c + 51.0)) * wide - slide;
        float grown = tall * (0.25 + 0.75 * r) * smoothstep(-0.1, 1.0, centre / far_end);
        float off = abs(p.x - centre), v = p.y / (grown + 0.0001);
        float bough = fract(v * (11.0 + 6.0 * r) + off / grown * 6.0 + step(centre, p.x) * 0.45 + ragged + r * 7.0);
        float reach = grown * ((1.0 - v) * (0.09 + 0.15 * bough * bough + 0.05 * r) + 0.006);
        inside = max(inside, smoothstep(soft, -soft, off - reach) * smoothstep(1.0, 0.97, v) * step(0.0, centre / far_end));
    }
    return inside;
}

void main() {
    vec2 half_size = 0.5 * RENDERSIZE / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * 2.0 * half_size;
    pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    horizon = -0.10 * half_size.y;
    float place = seed * 97.0;

    // Light
    sun_height = mix(-0.10, 0.75, time_of_day * time_of_day * 0.6 + 0.4 * time_of_day);
    day = smoothstep(-0.10, 0.16, sun_height);
    gloom = smoothstep(0.12, 0.88, weather);
    float low = exp(-max(sun_height, 0.0) * 3.6);
    sunlight = mix(vec3(0.92, 0.97, 1.08), vec3(1.10, 1.0, 0.86), warmth);
    sunlight *= exp(-vec3(0.06, 0.36, 0.95) * low * mix(0.9, 3.4, warmth));
    sunlight = mix(vec3(0.30, 0.40, 0.62), sunlight, day);
    sun = vec2(half_size.x * (0.42 * sin(place * 0.7 + 0.9)), horizon + max(0.24 - sun_height * 1.2, 0.13 + sun_height * 0.42));
    sun.y = min(sun.y, half_size.y - 0.07);
    skylight = air(0.5, 1.0);

    // Water bends the way to what it mirrors.
    float below = horizon - p.y, is_water = step(0.0, below);
    float far = 0.11 / (max(below, 0.0) + 0.006);
    float fine = clamp(-log2(pixel * far * far * 45.0), 0.0, 4.0) * is_water;
    vec2 ripple_at = vec2(p.x * far * 6.0, far * 9.0) + vec2(place, TIME * 0.45);
    float ripple = fbm(ripple_at, fine) - 0.5;
    float swell = fbm(ripple_at * vec2(0.22, 0.3) - vec2(0.0, TIME * 0.3), 2.0 * is_water) - 0.5;
    float rough = (0.25 + 0.75 * wind) * (0.75 + 0.5 * energy);
    float tilt = ripple * (0.26 + 0.5 * pulse * below) + swell * (0.14 + 0.12 * bass + 0.08 * mid);
    tilt *= rough * (0.10 + 1.5 * below) * is_water;
    float mirrored = abs(p.y - horizon) * (1.0 + 0.15 * is_water) + tilt * 1.4;
    vec2 m = vec2(p.x + tilt * 0.35, horizon + max(mirrored, 0.0005));

    // What is seen at m: sky, range, wooded hills, shore.
    float up = m.y - horizon, from_sun = length(m - sun);
    float scale = 0.72 + 0.28 * half_size.y;
    float range_x = m.x * 1.5 + place;
    vec2 top = crest(range_x, 6.5);
    float range = scale * mix(0.10, 0.40, height) * (top.x * 1.35 - 0.10 + 0.25 * cos(m.x * 2.2 + place));
    float hills = scale * (0.045 + 0.14 * crest(m.x * 1.1 + place * 1.7 + 40.0, 3.0).x * (0.4 + abs(m.x - sun.x * 0.6)));
    hills += tips(m.x, 0.011, place) * 0.8;
    float side = m.x * sign(sun.x + 0.001);  // the near shore stands away from the sun
    float shore = smoothstep(0.12, -half_size.x, side) * 0.13 - 0.016 + 0.012 * crest(m.x * 9.0, 3.0).x;
    float soft = pixel * (1.0 + 2.0 * is_water) + 0.0015;
    float on_range = smoothstep(-soft, soft, range - up), rocky = step(up, range),
        on_hills = smoothstep(-soft, soft, hills - up);
    float grove = conifers(vec2(side, up - shore + 0.008), -half_size.x, 0.42, place * 0.4, soft * 0.8);
    float on_shore = max(smoothstep(-soft, soft, shore - up), grove);

    // One noise serves all: its place is on the clouds' plane or on the mountain's face; and again towards the light.
    float deep = max(range - up, 0.0);
    vec2 cloud_at = vec2(m.x, 1.0) * (0.62 / (up + 0.17)) + vec2(TIME * 0.025 + place, TIME * 0.008);
    vec2 face_at = vec2(range_x * 6.0 + deep * 9.0, deep * 16.0 + place);
    vec2 at = mix(cloud_at * vec2(1.3, 1.9), face_at, rocky);
    vec2 to_light = mix((sun - m) * vec2(0.5, -0.7) / (0.3 + from_sun), vec2(0.35 * sign(sun.x - m.x), -0.30), rocky);
    float drawn = step(max(on_hills, on_shore), 0.5);
    at += (fbm(at * 0.55 + 9.0, 3.0 * drawn) - 0.5) * mix(vec2(1.3, 0.9), vec2(0.8), rocky);
    float n = fbm(at, 6.0 * drawn), n_light = fbm(at + to_light * 0.6, 4.0 * drawn);

    // Sky
    vec3 c = air(up, from_sun);
    float clear = max(1.0 - 2.5 * gloom, 0.0), maria = 1.0 - 0.35 * value2(m * 90.0 + 5.0) * (1.0 - day);
    float disc = smoothstep(0.021 + soft, 0.021 - soft, from_sun) * maria * mix(0.9, 7.0, day);
    c += sunlight * clear * (disc + mix(0.008, 0.05, day) / (from_sun * from_sun * 30.0 + 0.02));
    float star_night = (1.0 - day) * (1.0 - day) * (1.0 - day) * (1.0 - gloom) * smoothstep(0.04, 0.3, up)
        * (1.0 - is_water * 0.5);
    vec2 star_cell = floor(m * 42.0), star_in = fract(m * 42.0) - 0.5;
    float star = hash2(star_cell + 7.0);
    vec2 star_off = vec2(fract(star * 71.0), fract(star * 133.0)) - 0.5;
    c += star_night * smoothstep(0.85, 1.0, star) * smoothstep(2.2 * pixel * 42.0, 0.0, length(star_in - star_off * 0.8)) * 0.5;
    float cover = mix(0.66, 0.40, clouds) - 0.14 * gloom;
    float cloud = smoothstep(cover, cover + 0.20, n) * smoothstep(0.0, 0.16, up);
    float lit = clamp(0.5 + (n - n_light) * 2.6, 0.0, 1.0);
    vec3 shade_colour = mix(skylight * 1.25 + 0.06 * sunlight, vec3(0.10, 0.115, 0.14) * (0.25 + day), gloom);
    vec3 lit_colour = sunlight * (0.55 + 0.75 * exp(-from_sun * 2.5)) * mix(0.30, 1.25, day) * (1.0 - 0.75 * gloom);
    lit_colour += skylight * 0.4;
    c = mix(c, mix(shade_colour, lit_colour, lit), cloud * (0.88 - 0.2 * smoothstep(0.3, 0.0, up)));

    // The range: lit and shaded faces come down from each peak, snow lies high and on what is less steep.
    vec3 veil = air(0.03, from_sun * 0.7 + 0.2) * 0.92;
    float face = crest(range_x + (n - 0.5) * deep * 3.5, 4.6).y * sign(m.x - sun.x) * -1.0;
    float light = clamp(0.42 + 0.30 * face + (n - n_light) * 2.2, 0.0, 1.0);
    float altitude = up / (scale * mix(0.16, 0.42, height));
    float gully = 1.0 - abs(2.0 * n - 1.0) * 2.0;  // snow slides off the steep folds
    float snow = smoothstep(-0.12, 0.12, altitude - mix(1.15, 0.15, snow_line) + (n_light - n) * 2.2 - 0.25 * gully);
    vec3 rock = mix(vec3(0.12, 0.105, 0.10), vec3(0.10, 0.12, 0.10), smoothstep(0.35, 0.1, altitude)) * (0.55 + 0.9 * n);
    vec3 ground = mix(rock, vec3(0.84, 0.87, 0.92), snow);
    vec3 beam = sunlight * mix(0.5, 1.75, day) * (1.0 - 0.8 * gloom);
    vec3 stone = ground * (beam * light + skylight * 0.9 + 0.04 * day);
    stone = mix(stone, veil, (0.28 + 0.45 * haze) * exp(-up * (3.0 - 1.5 * haze)));
    c = mix(c, stone, on_range);

    // Woods: dark, greener below, golden in autumn; mist gathers at their foot.
    float grain = fbm(m * vec2(95.0, 48.0) + place, 2.0 * step(0.5, on_hills));
    float turned = autumn * smoothstep(0.25, 0.85, value2(m * vec2(17.0, 30.0) + place));
    vec3 leaf = mix(vec3(0.020, 0.045, 0.026), vec3(0.20, 0.085, 0.016), turned);
    vec3 woods = leaf * (beam * (0.25 + 1.1 * grain * (0.35 + up / max(hills, 0.02))) + skylight * 1.1);
    woods = mix(woods, veil, (0.14 + 0.45 * haze) * (0.45 + 0.55 * exp(-up * 16.0)));
    c = mix(c, woods, on_hills);
    float bank = fbm(vec2(m.x * 3.0 - TIME * 0.03, up * 22.0 - TIME * 0.01 + place), 3.0);  // mist over the water
    c = mix(c, veil * 1.08, haze * 0.85 * smoothstep(0.30, 0.75, bank) * exp(-up * mix(26.0, 11.0, haze)));
    vec3 near_trees = leaf * 0.6 * (beam * (0.12 + 0.35 * grain) + skylight * 0.5);
    c = mix(c, mix(near_trees, veil, 0.10 * haze), on_shore);

    // Water: less mirror and more depth towards us; glints where the ripples face the sun.
    float mirror = mix(0.86, 0.38, smoothstep(0.0, 0.5, below)) * (1.0 - 0.2 * wind) + 0.9 * ripple * below * rough;
    vec3 depth = mix(vec3(0.002, 0.010, 0.016), vec3(0.006, 0.032, 0.040), day) * (0.25 + 0.75 * day * (1.0 - 0.6 * gloom));
    vec3 water = c * mirror * vec3(0.93, 0.98, 1.0) + depth;
    float path = exp(-abs(p.x - sun.x) * (7.0 - 3.0 * wind)) * (1.0 - gloom);
    float spark = smoothstep(0.20 - 0.06 * treble, 0.34, ripple + 0.10 * swell) * smoothstep(0.0, 1.0, fine);
    water += sunlight * spark * path * rough * (0.9 + 1.5 * treble) * mix(0.4, 1.2, day);
    float shoreline = exp(-below * below * 160000.0);
    c = mix(c, water + veil * 0.10 * shoreline, is_water * smoothstep(-pixel, pixel, below));

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
