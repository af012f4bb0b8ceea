/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A range of snowy mountains over valleys full of cloud, from moonlight through alpenglow to noon.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "time_of_day", "LABEL": "Time of day (night to noon)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.30},
    {"NAME": "weather", "LABEL": "Weather (clear to gloomy)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.1},
    {"NAME": "clouds", "LABEL": "Clouds", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.35},
    {"NAME": "warmth", "LABEL": "Warmth of the light", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.7},
    {"NAME": "height", "LABEL": "Height of the mountains", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.65},
    {"NAME": "snow_line", "LABEL": "Snow", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "haze", "LABEL": "Sea of cloud", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "side", "LABEL": "Side of the sun", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.2},
    {"NAME": "forest", "LABEL": "Forest in front", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
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

// ---- the mountains ----
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

void main() {
    vec2 half_size = 0.5 * RENDERSIZE / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * 2.0 * half_size;
    pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    float place = seed * 97.0, ground = -half_size.y * 0.36;
    set_light(half_size, ground, side * 1.7 - 0.85);
    sun.y += 0.18 * half_size.y * day;
    float up = p.y - ground, tall = mix(0.75, 1.15, half_size.y - 0.5);

    // Four ranges, each nearer one before the last; the foremost that covers this place is the one to paint.
    float drift = TIME * 0.004, top = -9.0, span = 1.0, rank = 0.0, often = 1.0, shift = 0.0, edge = 0.0, base = 0.0;
    for (int i = 0; i < 4; i++) {
        float k = float(i), f = mix(1.15, 2.3, k / 3.0), off = place + k * 23.7 + drift * (1.0 + k * k);
        float s = tall * mix(0.34, 0.88, height) * mix(0.86, 0.36, k / 3.0), b = tall * mix(0.06, -0.20, k / 3.0);
        float h = b + s * (crest(p.x * f + off, 6.5 - 0.5 * k).x * 1.25 - 0.12 + 0.20 * sin(p.x * 1.9 + off));
        float over = smoothstep(-pixel, pixel, h - up);
        if (over > 0.0) {
            edge = over < 1.0 ? over : 1.0;
            top = h;
            span = s;
            rank = k;
            often = f;
            shift = off;
            base = b;
        }
    }
    float on_rock = step(0.001, edge), deep = max(top - up, 0.0), range_x = p.x * often + shift;

    // Rock and snow. The noise's place hangs from the crest, so that gullies run down from it.
    vec2 face_at = vec2(range_x * 9.0 + deep * 5.0, deep * 6.0 / (0.5 + 0.5 * span) + place + rank * 7.0);
    face_at += (fbm(face_at * 0.5 + 9.0, 3.0 * on_rock) - 0.5) * 0.9;
    float sunward = clamp((sun.x - p.x) * 3.0, -1.0, 1.0);
    float n = fbm(face_at, 6.0 * on_rock), n_light = fbm(face_at + vec2(0.34 * sunward, -0.30), 5.0 * on_rock);
    float face = crest(range_x + (n - 0.5) * deep * 3.0, 5.0).y * sunward;
    float light = clamp(0.40 + 0.30 * face + (n - n_light) * 2.6, 0.0, 1.0);
    float altitude = (up - base) / span;
    float glow_line = mix(0.75, -0.6, smoothstep(-0.02, 0.22, sun_height));  // the low sun reaches the tops only
    light *= mix(1.0, smoothstep(glow_line - 0.3, glow_line + 0.25, altitude + (n - 0.5) * 0.3), day);
    float gully = 1.0 - abs(2.0 * n - 1.0) * 2.0;
    float snow = smoothstep(-0.13, 0.13, altitude - mix(1.0, 0.05, snow_line) + (n_light - n) * 2.4 - 0.28 * gully + 0.2);
    vec3 rock = mix(vec3(0.095, 0.088, 0.088), vec3(0.13, 0.105, 0.09), n) * (0.5 + 0.9 * n);
    rock = mix(rock, vec3(0.035, 0.05, 0.03), smoothstep(0.42, 0.22, altitude + 0.3 * (n - 0.5)) * (0.4 + 0.2 * rank));
    vec3 beam = sunlight * mix(0.55, 1.9, day) * (1.0 - 0.85 * gloom);
    vec3 stone = mix(rock, vec3(0.86, 0.89, 0.94), snow) * (beam * light + skylight * mix(0.95, 1.3, gloom) + 0.03 * day);
    float sparkle = hash2(floor(gl_FragCoord.xy * pixel * 300.0) + floor(TIME * 6.0));
    stone += beam * snow * light * smoothstep(0.985 - 0.03 * treble, 1.0, sparkle) * (0.15 + 0.6 * treble);
    float from_sun = length(vec2(p.x, up) - sun);
    vec3 veil = air(0.04, from_sun * 0.7 + 0.15) * 0.95;
    stone = mix(stone, veil, mix(0.52, 0.06, rank / 3.0) * (0.6 + 0.4 * haze) * exp(-max(altitude, 0.0) * 0.7));

    // Sky; the wind takes snow off the highest tops.
    vec3 c = heavens(vec2(p.x, max(up - 0.10, 0.001)), place, edge * on_rock < 1.0 ? 5.0 : 0.0);
    vec2 plume_at = vec2(p.x * 3.0 - TIME * 0.22, up * 8.0 + p.x * 2.0) + place;
    float plume = fbm(plume_at, abs(up - top) < 0.4 ? 4.0 : 0.0) * exp(-abs(up - top) * 16.0);
    c = mix(c, stone, edge * on_rock);
    c += beam * smoothstep(0.30, 0.62, plume) * snow * (0.04 + 0.16 * energy + 0.25 * bass + 0.2 * pulse) * on_rock;

    float hill = tall * (mix(-0.42, -0.04, forest) + 0.10 * crest(p.x * 0.9 + place * 2.0 + drift * 12.0, 2.5).x
        + 0.14 * p.x * sign(0.5 - side));
    float misty = max(on_rock, step(up, hill + 0.1));  // else only sky is here

    // The sea of cloud: it lies in the valleys, thicker before what is farther, and slowly heaves.
    float tide = base + span * (mix(-0.10, 0.55, haze) + 0.03 * bass + 0.02 * mid);
    vec2 bank_at = vec2(p.x * 2.4 - TIME * (0.020 + 0.012 * rank) + place, up * 6.5 + rank * 5.3 - TIME * 0.012);
    bank_at += (fbm(bank_at * 0.7, 2.0 * misty) - 0.5) * 1.2;
    float bank = fbm(bank_at, 5.0 * misty), bank_lit = bank - fbm(bank_at + vec2(0.25 * sunward, 0.45), 3.0 * misty);
    float cover = smoothstep(0.26, -0.12, (up - tide) / tall + (0.5 - bank) * 0.55) * on_rock;
    vec3 cloud = skylight * 1.25 + beam * (0.34 + 1.2 * clamp(bank_lit, -0.2, 0.3))
        * mix(0.55, 1.0, smoothstep(0.0, 0.25, sun_height)) + 0.02;
    c = mix(c, mix(cloud, veil, mix(0.35, 0.05, rank / 3.0)),
        cover * mix(0.90, 0.70, rank / 3.0) * smoothstep(0.0, 0.2, haze + 0.1));

    // Wooded slopes in front, dark, with a little mist.
    for (int i = 0; i < MANY; i++) {  // rows of trees down the slope, each larger; bright at their tips, dark at their feet
        float k = float(i), size = 0.013 * (1.0 + 0.45 * k), row = hill - 0.036 * k * (1.0 + 0.18 * k);
        float tree = tips(p.x + drift * (14.0 + 3.0 * k) + 0.37 * k, size, 3.0 + 7.0 * k) * 1.5,
            rise = (up - row) / (3.0 * size);
        vec3 wood = vec3(0.010, 0.019, 0.017) * (beam * 0.7 + skylight * 2.4) * (0.35 + 1.3 * clamp(rise, 0.0, 1.0));
        float frost = snow_line * smoothstep(0.1, 0.9,
            rise + 0.7 * value2(vec2(p.x + drift * 14.0, up) * 90.0 / (1.0 + 0.3 * k)) - 0.35);
        wood = mix(wood, vec3(0.48, 0.54, 0.62) * (skylight + beam * 0.25), 0.40 * frost);
        wood = mix(wood, veil, (0.30 + 0.3 * haze) * exp(-0.35 * k) * (0.55 + 0.9 * (bank - 0.3)));
        c = mix(c, wood, smoothstep(-pixel, pixel, row + tree - up));
        if (i > 4 || up > row + 4.5 * size + pixel) break;  // where this row does not reach, no nearer one does
    }
    c += sunlight * max(1.0 - 2.5 * gloom, 0.0) * mix(0.03, 0.10, day) / (1.0 + from_sun * from_sun * 22.0);  // glare
    gl_FragColor = vec4(finish(c, dot(p, p) / dot(half_size, half_size)), 1.0);
}
