/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Snow falls on a field with firs, from a still blue night with a lit hut to a white blizzard.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "time_of_day", "LABEL": "Time of day (night to noon)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.42},
    {"NAME": "weather", "LABEL": "Weather (clear to blizzard)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.35},
    {"NAME": "clouds", "LABEL": "Clouds", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "warmth", "LABEL": "Warmth of the light", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "snow", "LABEL": "Falling snow", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "wind", "LABEL": "Wind", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "trees", "LABEL": "Firs", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "haze", "LABEL": "Haze", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.45},
    {"NAME": "window", "LABEL": "Lit window", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
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

// ---- the snow ----
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
    vec2 fall = isf_FragNormCoord * RENDERSIZE * min(0.45, 260.0 * pixel);  // grey days: streaks of snow, near and far
    float streaks = 0.6 * smoothstep(0.55, 0.95, value2(vec2(fall.x + 0.55 * fall.y, fall.y * 0.60 + mod(TIME, 600.0) * 4.0)))
        + smoothstep(0.5, 0.9, value2(0.6 * vec2(fall.x + 0.35 * fall.y, fall.y * 0.50 + mod(TIME, 600.0) * 3.0) + 40.0));
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

// A stand of firs, snow on their boughs: covered (x) and white (y). `p.y` is over the ground, `tall` their height;
// none stands within `open` of the middle.
vec2 firs(vec2 p, float shift, float tall, float open, float key, float soft) {
    p.x += shift;
    float wide = 0.34 * tall, cell = floor(p.x / wide), ragged = 0.5 * value2(p / tall * 26.0 + key);
    vec2 found = vec2(0.0);
    for (int i = -1; i <= 1; i++) {
        float c = cell + float(i), r = hash1(c * 1.7 + key), centre = (c + 0.2 + 0.6 * hash1(c + key + 51.0)) * wide;
        float grown = tall * (0.45 + 0.55 * r) * step(hash1(c + key + 23.0), trees) * step(open, abs(centre - shift)) + 0.0001;
        float off = abs(p.x - centre), v = p.y / grown, round_off = sqrt(off * off + 0.0006 * grown * grown);
        float turned = smoothstep(-0.09, 0.09, (p.x - centre) / grown);  // boughs of the two sides meet without a line
        float bough = fract(v * (8.0 + 4.0 * r) + round_off / grown * 4.0 + turned * 0.4 + 0.6 * ragged + r * 7.0);
        float hem = min(1.0 - bough, bough * 6.0);  // long below, drawn in where the next tier begins
        float reach = grown * ((1.0 - v) * (0.11 + 0.12 * hem + 0.16 * ragged + 0.06 * r) + 0.004);
        reach *= smoothstep(0.0, 0.13, v + 0.05 * ragged);  // the lowest boughs lie in the snow
        float inside = smoothstep(soft, -soft, off - reach) * smoothstep(1.0, 0.97, v) * step(-0.02, v);
        float laden = smoothstep(0.10, 0.55, bough - 0.30 * round_off / (reach + 0.02 * grown) + 0.4 * ragged)
            * smoothstep(-0.2, 0.25, ragged - 0.1 + 0.2 * v);
        found = mix(found, vec2(1.0, laden), inside * step(found.x, 0.5));
    }
    return found;
}

// One layer of flakes, in cells: each sways as it falls. 0..1.
float flakes(vec2 p, float scale, float size, float key) {
    float fall = TIME * (0.16 + 0.03 * key) * scale, gust = TIME * (wind * 0.30 + 0.02) * scale;
    vec2 q = p * scale + vec2(gust + 0.25 * sine(TIME * 0.6 + key * 2.0 + p.y * 3.0) * (0.25 + 0.5 * energy + bass), fall);
    q.x += q.y * wind * 0.5;
    vec2 cell = floor(q);
    float r = hash2(cell + key * 17.0);
    vec2 at = vec2(fract(r * 71.0), fract(r * 133.0)) * 0.6 + 0.2;
    at.x += 0.10 * sine(TIME * (0.8 + r) + r * 40.0);
    vec2 d = q - cell - at;
    d.y *= 1.0 - 0.3 * wind;
    float soft = max(size, 2.0 * pixel * scale);
    return smoothstep(soft, soft * 0.25, length(d)) * step(fract(r * 37.0), 0.25 + 0.75 * snow)
        * min(1.0, size * size / (soft * soft) * 2.0);
}

void main() {
    vec2 half_size = 0.5 * RENDERSIZE / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * 2.0 * half_size;
    pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    float place = seed * 97.0, horizon = half_size.y * 0.02, lean = sine(place * 0.7 + 0.4);
    set_light(half_size, horizon, 0.62 * lean);
    gloom = mix(0.25 * weather, 1.0, gloom);
    skylight = air(0.5, 1.0) * 1.15 + vec3(0.02, 0.024, 0.03) * (0.2 + day);
    vec3 beam = sunlight * mix(0.40, 1.5, day) * (1.0 - 0.85 * gloom);
    float up = p.y - horizon, from_sun = length(vec2(p.x, up) - sun);
    vec3 veil = mix(air(0.04, from_sun * 0.7 + 0.2), skylight * 1.35 + beam * 0.12, 0.5);
    float dim = mix(0.20, 0.85, haze) * (0.5 + 0.5 * weather);

    vec3 c = heavens(vec2(p.x, max(up, 0.001)), place, up > -0.012 ? 4.0 : 0.0);  // the field hides it
    c = mix(c, veil, dim * exp(-max(up, 0.0) * mix(6.0, 1.5, weather)));

    // Far hills and woods, each paler than the next.
    float hills = 0.03 + 0.13 * crest(p.x * 0.8 + place, 3.5).x;
    c = mix(c, mix(vec3(0.50, 0.56, 0.66) * (skylight + beam * 0.3), veil, 0.45 + 0.5 * dim),
        smoothstep(-pixel, pixel, hills - up));
    float wood = 0.010 + 0.05 * crest(p.x * 0.9 + place + 30.0, 2.0).x + tips(p.x, 0.013, place) * 0.9;
    c = mix(c, mix(vec3(0.06, 0.075, 0.085) * (skylight + beam * 0.2), veil, 0.35 + 0.55 * dim),
        smoothstep(-pixel, pixel, wood - up));

    // The field: drifts in perspective, lit along their slopes, blue where they turn away; grain and glitter near by.
    float line = 0.02 * (fbm(vec2(p.x * 1.4 + place, 2.0), 3.0) - 0.3), below = max(line - up, 0.0),
        on_field = smoothstep(-pixel, pixel, line - up);
    float far = 0.52 / (below + 0.10);
    vec2 q = vec2(p.x * far * 1.6, far * 1.8) + vec2(place, 0.0);
    float fine = clamp(-log2(far * far * pixel * 3.0), 0.0, 6.0);
    vec2 bent = q + (value2(q * 0.7) - 0.5) * 0.9;
    float drifts = fbm(bent * 1.1, min(fine, 5.0)), crust = fbm(q * vec2(7.0, 5.0), clamp(fine - 2.0, 0.0, 4.0));
    vec2 to_sun = vec2(clamp((sun.x - p.x) * 3.0, -1.0, 1.0) * 0.30, 0.35);
    float ridge = 1.0 - abs(2.0 * drifts - 1.0), beyond = fbm(bent * 1.1 + to_sun, min(fine, 4.0));
    float slope = (drifts - beyond) * 1.7 + (ridge - 1.0 + abs(2.0 * beyond - 1.0)) * 0.55
        + (crust - 0.5) * 0.9 * clamp(fine - 2.0, 0.0, 1.0);
    float light = clamp(0.58 + slope * 0.95, 0.16, 1.3);
    vec3 field = vec3(0.86, 0.90, 0.96) * (beam * light * 0.75 + skylight * (0.80 + 0.50 * slope));
    vec2 grain_at = gl_FragCoord.xy * pixel * 230.0;
    float glint = hash2(floor(grain_at) + floor(TIME * 3.0 + 4.0 * hash2(floor(grain_at))));
    field += (beam + skylight * 0.4) * smoothstep(0.975 - 0.03 * treble, 1.0, glint) * smoothstep(0.05, 0.3, below)
        * (0.35 + treble) * smoothstep(0.5, 0.0, length(fract(grain_at) - 0.5));
    field += beam * exp(-from_sun * 3.0) * 0.35;
    field = mix(field, veil, dim * exp(-below * 7.0));
    c = mix(c, field, on_field);

    // A hut with a lit window, its light on the snow.
    vec2 hut = p - vec2(-half_size.x * 0.42 * lean - 0.02, horizon - 0.030);
    float roof = 0.062 - 0.62 * abs(hut.x), wall = step(abs(hut.x), 0.062) * step(-0.005, hut.y);
    float hut_in = wall * smoothstep(-pixel, pixel, min(roof - hut.y + 0.025, 1.0)),
        cap = smoothstep(-pixel, pixel, 0.088 - 0.62 * abs(hut.x) - hut.y) * smoothstep(-pixel, pixel, hut.y - roof - 0.014)
        * step(abs(hut.x), 0.082);
    float near_light = window * mix(1.0, 0.35, day);
    vec3 lamp = vec3(1.0, 0.52, 0.18);
    float shown = step(0.02, window);
    c = mix(c, vec3(0.035, 0.026, 0.022) * (skylight * 3.0 + beam) + 0.25 * dim * veil, hut_in * shown);
    c = mix(c, field * 1.0 + 0.1 * veil, cap * shown);
    vec2 pane = abs(vec2(abs(hut.x) - 0.028, hut.y - 0.027)) - vec2(0.012, 0.013);
    c = mix(c, lamp * (0.4 + 1.8 * near_light), smoothstep(pixel, -pixel, max(pane.x, pane.y)) * shown);
    float to_hut = length((hut - vec2(0.0, 0.02)) * vec2(1.0, 1.2)), spill = length((hut + vec2(0.0, 0.05)) * vec2(1.0, 2.6));
    c += lamp * near_light * (0.012 / (0.02 + to_hut * to_hut * 9.0) * 0.22 + on_field * field * 1.3 * exp(-spill * 13.0))
        * (0.9 + 0.2 * mid);

    // Firs at three depths, the nearest at the sides.
    for (int i = 0; i < 3; i++) {
        float k = float(i), tall = mix(0.13, 0.62, k * k * 0.25) * (0.8 + 0.4 * half_size.y),
            foot = mix(-0.035, -0.30, k * k * 0.25);
        float sway = 0.006 * k * sine(TIME * 0.8 + p.y * 4.0) * (wind + pulse) * max(up - foot, 0.0);
        float open = half_size.x * (0.20 + 0.24 * k) + 0.05;
        vec2 fir = firs(vec2(p.x + sway, up - foot), k * 3.1 + place, tall, open, k * 37.0, pixel * 1.3);
        vec3 needles = vec3(0.020, 0.032, 0.030) * (skylight * 2.0 + beam * 0.8),
            white = vec3(0.78, 0.83, 0.90) * (skylight * 0.85
            + beam * (0.25 + 0.45 * smoothstep(-0.2, 0.3, (sun.x - p.x) * lean)));
        vec3 tree = mix(needles, white, fir.y * 0.85);
        c = mix(c, mix(tree, veil, dim * mix(0.75, 0.15, k * 0.5)), fir.x);
    }

    // Flakes, from far and fine to near and blurred; a blizzard's veils.
    float blow = fbm(vec2(p.x * 1.8 + TIME * 0.5 * (0.3 + wind) + place, p.y * 3.5 + p.x + TIME * 0.12), 4.0);
    c = mix(c, veil * 1.1, smoothstep(0.42, 0.85, blow) * gloom * (0.35 + 0.5 * wind + 0.2 * pulse));
    float far_snow = flakes(p, 34.0, 0.10, 1.0) * 0.5 + flakes(p + 0.31, 22.0, 0.11, 2.0) * 0.65
        + flakes(p + 0.67, 14.0, 0.11, 3.0) * 0.8;
    float near_snow = flakes(p + 0.13, 8.0, 0.11, 4.0) * 0.75 + flakes(p + 0.47, 4.2, 0.10, 6.0) * 0.40;
    c += (skylight * 0.85 + beam * 0.35 + lamp * near_light * 0.10 / (0.1 + to_hut * 3.0))
        * (far_snow * (0.8 + 0.4 * treble) + near_snow) * (0.35 + 0.65 * snow);
    gl_FragColor = vec4(finish(c, dot(p, p) / dot(half_size, half_size)), 1.0);
}
