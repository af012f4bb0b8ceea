/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A meadow in the wind: blades, flowers, far hills and clouds; from moonlight to summer noon.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "time_of_day", "LABEL": "Time of day (night to noon)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.62},
    {"NAME": "weather", "LABEL": "Weather (clear to gloomy)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.05},
    {"NAME": "clouds", "LABEL": "Clouds", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "warmth", "LABEL": "Warmth of the light", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "flowers", "LABEL": "Flowers", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.65},
    {"NAME": "palette", "LABEL": "Season (spring green to dry gold)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.25},
    {"NAME": "height", "LABEL": "Height of the grass", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "wind", "LABEL": "Wind", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.45},
    {"NAME": "haze", "LABEL": "Haze", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "seed", "LABEL": "Place", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "pulse", "LABEL": "Onset", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "bass", "LABEL": "Bass", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "mid", "LABEL": "Mid", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "treble", "LABEL": "Treble", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "energy", "LABEL": "Energy", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5}
  ]
}*/

// A sine within 0.00002, for a third of its price where the processor draws.
float sine(float x) {
    float y = 2.0 * fract(x / 6.2831853) - 1.0, u = abs(y) * (1.0 - abs(y));
    return y * (abs(y) - 1.0) * (3.14235 + u * (3.12498 + 1.22205 * u));
}

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

// ---- the meadow ----
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
    c = mix(vec3(dot(c, vec3(0.25, 0.6, 0.15))), c, 1.0 + 0.30 * (1.0 - gloom) - 0.55 * gloom);
    c = curve(max(c, 0.0) * (1.0 - 0.30 * edge) * mix(1.9 + 1.3 * gloom, 1.0, day));
    vec2 fall = isf_FragNormCoord * RENDERSIZE * min(0.45, 260.0 * pixel);  // grey days: streaks of rain, near and far
    float streaks = 0.6 * smoothstep(0.55, 0.95, value2(vec2(fall.x + 0.18 * fall.y, fall.y * 0.14 + mod(TIME, 600.0) * 6.0)))
        + smoothstep(0.5, 0.9, value2(0.6 * vec2(fall.x + 0.14 * fall.y, fall.y * 0.11 + mod(TIME, 600.0) * 4.0) + 40.0));
    c *= 1.0 - 0.22 * gloom * gloom;
    c += (streaks - 0.35) * 0.16 * gloom * gloom * (0.25 + c.g);
    return c + dither(gl_FragCoord.xy);
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

// A flower of eight petals seen a little from above: petals (x) and heart (y). `d` in its own size.
vec2 blossom(vec2 d, float soft) {
    d.y *= 1.35;
    vec2 f = abs(d);
    f = f.x < f.y ? f.yx : f;
    float side = min(f.y, 0.7071 * abs(f.x - f.y)), out_way = f.y < 0.4142 * f.x ? f.x : 0.7071 * (f.x + f.y);
    float round_end = 1.0 - (out_way - 0.55) * (out_way - 0.55) * 4.6;
    float petal = round_end > 0.0 ? 0.20 * sqrt(round_end) - side : -1.0;
    return vec2(smoothstep(-soft, soft, petal), smoothstep(soft, -soft, length(d) - 0.26));
}

vec3 petals(float kind) {
    return kind < 0.40 ? vec3(0.86, 0.87, 0.88)
        : (kind < 0.62 ? vec3(0.78, 0.06, 0.04) : (kind < 0.82 ? vec3(0.32, 0.18, 0.72) : vec3(0.95, 0.60, 0.03)));
}

// Of a row of blades, `k` 0 (far) to 1 (near), over a field that reaches `deep` below the horizon: their size and foot.
float size_of(float k, float deep) { return mix(0.035, 0.40, k * k) * mix(0.60, 1.25, height) * (0.3 + 0.96 * deep); }
float foot_of(float k, float x, float horizon, float deep, float place) {
    return horizon - mix(0.10, 1.0, 0.25 * k + 0.75 * k * k) * deep - 0.10 * k * k + 0.012 * sine(x * 5.0 + k * 9.0 + place);
}

void main() {
    vec2 half_size = 0.5 * RENDERSIZE / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * 2.0 * half_size;
    pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    float place = seed * 97.0, horizon = half_size.y * 0.46;
    set_light(half_size, horizon, 0.6 * sine(place * 0.7 + 2.4));
    float up = p.y - horizon, from_sun = length(vec2(p.x, up) - sun);
    vec3 beam = sunlight * mix(0.35, 1.75, day) * (1.0 - 0.85 * gloom + 0.9 * gloom * (1.0 - gloom));  // storms have gaps
    vec3 veil = air(0.03, from_sun * 0.7 + 0.2) * 0.95;
    float blow = (0.25 + wind) * (0.6 + 0.6 * energy);

    // Sky, far hills, a wood.
    vec3 c = heavens(vec2(p.x, max(up, 0.001)), place, up > -0.02 ? 5.0 : 0.0);  // the field hides it
    float far_hill = 0.03 + 0.13 * crest(p.x * 0.7 + place, 3.0).x;
    float mid_hill = 0.045 + 0.040 * sine(p.x * 1.6 + place * 1.7) + 0.018 * sine(p.x * 4.3 + place);
    float dry = palette * palette * (3.0 - 2.0 * palette) * palette;
    vec3 fresh = mix(vec3(0.095, 0.24, 0.018), vec3(0.34, 0.25, 0.075), dry),
        deep_green = mix(vec3(0.018, 0.060, 0.010), vec3(0.13, 0.085, 0.02), dry);
    c = mix(c, mix(deep_green * 2.0 * (beam * 0.6 + skylight), veil, 0.66 + 0.25 * haze),
        smoothstep(-pixel, pixel, far_hill - up));
    float copse = mid_hill + tips(p.x, 0.012, place) * 0.55 * smoothstep(0.35, 0.6, value2(vec2(p.x * 3.0 + place, 1.0)));
    vec3 wood = mix(vec3(0.020, 0.042, 0.018), fresh * 0.85, step(up, mid_hill))
        * (beam * (0.6 + 0.5 * value2(p * 70.0)) + skylight * 1.3);
    c = mix(c, mix(wood, veil, 0.32 + 0.4 * haze), smoothstep(-pixel, pixel, copse - up));

    // The field: tufts in perspective, waves of wind that run over it.
    float line = 0.020 * sine(p.x * 1.9 + place) + 0.008 * sine(p.x * 5.1 + 3.0 * place);
    float below = max(line - up, 0.0), far = 0.30 / (below + 0.012);
    vec2 q = vec2(p.x * far, far * 1.4) + place;
    float fine = clamp(-log2(far * far * pixel * 9.0), 0.0, 5.0);
    float wave = fbm(vec2(q.x * 0.55 - TIME * 0.35, q.y * 0.8 + TIME * 0.1), 3.0);
    float gust = (wave - 0.45) * 2.0 * blow + 0.5 * pulse * (wave - 0.3);
    float tuft = fbm(q * vec2(3.4, 2.2) + vec2(gust * 0.4, 0.0), fine + 0.5);
    float mottle = fbm(q * 0.45 + 3.0, 3.0);
    vec3 grass = mix(deep_green, fresh, clamp(0.30 + 0.9 * (tuft - 0.3) + 0.35 * gust + 0.5 * (mottle - 0.4), 0.0, 1.1));
    float passing = value2(q * vec2(0.30, 0.55) - vec2(TIME * 0.16, 0.0));  // shadows of clouds run over the land
    beam *= 1.0 - 0.62 * smoothstep(0.48, 0.66, passing) * smoothstep(0.05, 0.5, clouds) * day;
    vec3 field = grass * (beam * (0.65 + 0.5 * exp(-from_sun * 1.5)) + skylight * 0.9);
    vec2 dot_at = q * vec2(9.0, 6.0), dot_cell = floor(dot_at);
    float r = hash2(dot_cell), bloom_dot = smoothstep(0.36, 0.10, length(dot_at - dot_cell - 0.5))
        * step(1.0 - 0.85 * flowers * smoothstep(0.40, 0.62, mottle), r) * clamp(fine - 1.5, 0.0, 1.0) * smoothstep(1.1, 2.2, far);
    vec3 hue = petals(fract(2.7 * value2(q * 0.33 + 30.0) + 0.16 * r));  // of one kind in one place
    vec3 sward = field * mix(1.0, 0.30 + 0.65 * tuft, smoothstep(3.0, 0.9, far));  // in the shade of near blades
    field = mix(sward, hue * (beam * 0.7 + skylight * 0.9), bloom_dot);
    field = mix(field, veil, exp(-below * mix(60.0, 16.0, haze)) * mix(0.35, 0.8, haze));
    c = mix(c, field, smoothstep(-pixel, pixel, line - up));

    // Rows of blades, each nearer and larger: they bend with the wind, glow against the sun, and some carry flowers.
    vec3 shine = fresh * vec3(1.25, 1.1, 0.5) * beam * (0.25 + 0.75 * exp(-from_sun * 1.8)) * 0.55;
    float sun_side = sign(sun.x - p.x);
    float deep = half_size.y + horizon, first = 0.0;
    for (int i = 0; i < 6; i++) {  // of rows far above no blade reaches down to here, only their shade
        float k = float(i) / 6.0;
        if (p.y > foot_of(k, p.x, horizon, deep, place) - 1.6 * size_of(k, deep)) break;
        c = mix(c, sward * mix(0.85, 0.55, k), mix(0.20, 0.60, k));
        first = float(i + 1);
    }
    for (int i = 0; i < MANY; i++) {
        float k = (first + float(i)) / 6.0, kk = k * k, size = size_of(k, deep), foot = foot_of(k, p.x, horizon, deep, place);
        float wide = mix(0.005, 0.026, kk), shift = p.x + place + k * 5.7;
        // grass grows in tussocks: higher here, lower there, and never from one line
        float tussock = 0.5 + 0.30 * sine(shift * 6.1 / (0.4 + k) + k * 9.0) + 0.20 * sine(shift * 15.7 / (0.4 + k) + k * 5.0);
        float v = (p.y - foot) / size + 0.55 * (0.5 - tussock);
        float row_wind = (value2(vec2(shift * 2.2 - TIME * (0.6 + 0.3 * k), TIME * 0.25 + k * 7.0)) - 0.35) * blow
            + 0.10 * sine(TIME * 2.6 + shift * 9.0) * (0.3 + mid + bass);
        vec3 root = sward * mix(0.85, 0.55, k);
        float lit_v = clamp(v, 0.0, 1.0);
        c = mix(c, root, smoothstep(0.50, -0.25, v) * mix(0.20, 0.60, k));
        float leaning = row_wind * 0.9 * lit_v * lit_v * size;
        float at = (shift - leaning) / wide, cell = floor(at);
        for (int j = -1; j <= 1; j++) {
            float cj = cell + float(j), h = hash1(cj + k * 371.0), g = hash1(cj * 1.9 + k * 91.0 + 17.0);
            float tall = (0.30 + 1.05 * h * h) * (0.65 + 0.7 * tussock);
            float rise = (v + 0.35 * (fract(h * 37.0) - 0.5)) / tall, w = clamp(rise, 0.0, 1.0);
            float centre = cj + 0.2 + 0.6 * g + (g - 0.5) * (0.6 + 2.2 * w) * w * (0.5 + 0.5 * tall)
                + 0.5 * (fract(h * 53.0) - 0.5) * clamp(rise, -1.5, 0.0);  // roots stand askew
            float off = at - centre, ear = step(0.78, g) * step(0.45, h);  // some bear seed
            float thick = (0.16 + 0.36 * fract(h * 13.0)) * (1.0 - w * w) * mix(1.0, 0.45, ear) * smoothstep(1.0, 0.94, w);
            thick += ear * 0.30 * max(1.0 - abs(w - 0.86) * 8.5, 0.0);
            float blade = smoothstep(1.4 * pixel / wide, -1.4 * pixel / wide, abs(off) - thick)
                * smoothstep(1.0, 0.97, w) * smoothstep(-1.05, -0.20, v + 0.5 * (g - 0.5));
            vec3 green = mix(deep_green, fresh, clamp(0.28 + 0.85 * w * (0.6 + 0.5 * g) + 0.22 * row_wind, 0.0, 1.15))
                * (0.65 + 0.6 * fract(h * 29.0));
            green = mix(green, vec3(0.27, 0.21, 0.08), ear * smoothstep(0.65, 0.85, w));
            vec3 blade_colour = green * (beam * (0.25 + 0.65 * w)
                * (1.0 + 0.35 * sign(off) * sun_side * step(0.3, thick)) + skylight * (0.35 + 0.8 * w)) + shine * w;
            blade_colour = mix(sward * (0.62 + 0.5 * fract(h * 29.0)), blade_colour, smoothstep(-0.25, 0.55, rise));  // out of the sward
            c = mix(c, mix(blade_colour, veil, 0.22 * haze * (1.0 - k) * smoothstep(-0.25, 0.55, rise)), blade);
        }
        if (k > 0.99 || p.y > foot + 1.75 * size + 0.025) break;  // where this row does not reach, no nearer one does
    }
    for (int i = 0; i < 3; i++) {  // flowers stand over the grass, few and near
        float k = float(i) / 2.0, wide = mix(0.040, 0.150, k), size = mix(0.0085, 0.030, k);
        float shift = p.x + place * 1.3 + k * 3.3,
            sway = 0.35 * size * sine(TIME * (1.6 - 0.5 * k) + shift * 6.0) * (blow + bass) + 0.02 * wave * blow;
        float cell = floor((shift - sway) / wide), h = hash1(cell + k * 77.0), g = hash1(cell + k * 77.0 + 5.0);
        vec2 head = vec2((cell + 0.3 + 0.4 * h) * wide + sway, horizon - mix(0.13, 0.46, k) * (half_size.y + horizon)
            + (g - 0.5) * mix(0.10, 0.40, k));
        vec2 d = vec2(shift, p.y) - head;
        float grown = step(hash1(cell + k * 77.0 + 9.0), 0.95 * flowers * (0.5 + 0.5 * sine(head.x * 4.0 + k * 2.0)));
        float stem = smoothstep(pixel * 1.4, -pixel, abs(d.x + 0.10 * d.y * (h - 0.5)) - 0.055 * size) * step(d.y, 0.0)
            * smoothstep(-9.0 * size, -4.0 * size, d.y);
        c = mix(c, fresh * 0.6 * (beam * 0.5 + skylight), stem * grown);
        vec2 flower = blossom(d / size, 1.4 * pixel / size) * grown;
        float kind = fract(0.11 * head.x + 0.13 * g + 0.3 * k);
        vec3 petal = petals(kind);
        vec3 heart = kind < 0.40 ? vec3(0.85, 0.50, 0.02) : vec3(0.06, 0.04, 0.02);
        c = mix(c, petal * (beam * (0.45 + 0.3 * d.y / size + 0.35 * exp(-from_sun * 2.0)) + skylight * 0.8), flower.x);
        c = mix(c, heart * (beam * 0.6 + skylight * 0.8), flower.y);
    }

    // Butterflies by day, where flowers are.
    vec2 flight = vec2(p.x - 0.05 * TIME * blow + place, p.y) * 2.6 
        + 0.35 * vec2(sine(TIME * 0.6 + p.y * 3.0), sine(TIME * 0.9 + p.x * 3.0)), home = floor(flight);
    float which = hash2(home + 17.0);
    vec2 wing = (flight - home - 0.3 - 0.4 * vec2(fract(which * 31.0), fract(which * 57.0))) / 2.6 / 0.016;
    wing.x = abs(wing.x) / (0.35 + 0.65 * abs(sine(TIME * 7.0 + which * 40.0)));
    float flying = smoothstep(0.1, -0.1, min(length(wing - vec2(0.55, 0.30)) - 0.55, length(wing - vec2(0.42, -0.35)) - 0.38))
        * step(0.55, which) * smoothstep(0.25, 0.6, flowers) * smoothstep(0.5, 0.9, day) * (1.0 - gloom) * step(up, 0.02);
    c = mix(c, petals(fract(which * 91.0)) * (beam * 0.6 + skylight), flying);

    // Pollen in the light.
    vec2 mote_at = p * 11.0 + vec2(-TIME * 0.25 * blow - 0.2 * TIME * 0.3 + 0.3 * sine(TIME * 0.5 + p.y * 6.0),
        0.2 * sine(TIME * 0.37 + p.x * 3.0)), cell = floor(mote_at);
    float h = hash2(cell + 5.0), mote = length(mote_at - cell - 0.25 - 0.5 * vec2(fract(h * 71.0), fract(h * 133.0)));
    c += beam * smoothstep(max(0.08, 24.0 * pixel), 0.0, mote) * step(0.72, h)
        * (0.12 + 0.35 * treble + 0.3 * exp(-from_sun * 3.0)) * (0.6 + 0.4 * sine(TIME * 2.0 + h * 40.0));
    c += sunlight * max(1.0 - 2.5 * gloom, 0.0) * mix(0.02, 0.10, day) / (1.0 + from_sun * from_sun * 20.0);
    gl_FragColor = vec4(finish(c, dot(p, p) / dot(half_size, half_size)), 1.0);
}
