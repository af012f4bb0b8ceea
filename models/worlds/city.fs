/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A city at night: across the water, under a bridge, from a hill or down a street; towers, haze, lights out of focus.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "time_of_night", "LABEL": "Blue hour to deep night", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.45},
    {"NAME": "lights", "LABEL": "Lit windows", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "palette", "LABEL": "Amber, mixed, neon", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "haze", "LABEL": "Haze", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "height", "LABEL": "Height of the towers", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "bokeh", "LABEL": "Lights out of focus", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "waves", "LABEL": "Waves", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "seed", "LABEL": "Place", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "pulse", "LABEL": "Onset", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "bass", "LABEL": "Bass", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "mid", "LABEL": "Mid", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "treble", "LABEL": "Treble", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "energy", "LABEL": "Energy", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5}
  ]
}*/

const float LATTICE = 256.0;  // noise repeats after so many cells, so that what scrolls can wrap there unseen
const int MANY = 40;  // turns of a loop that ends by `break`: drivers in software unroll fewer, and then run them all
const mat2 TURN = mat2(0.8, 0.6, -0.6, 0.8);

// A sine within 0.00002, for a third of its price where the processor draws.
float sine(float x) {
    float y = 2.0 * fract(x / 6.2831853) - 1.0, u = abs(y) * (1.0 - abs(y));
    return y * (abs(y) - 1.0) * (3.14235 + u * (3.12498 + 1.22205 * u));
}
float cosine(float x) { return sine(x + 1.5707963); }

// Products of fractions only: the same on every machine.
float hash2(vec2 cell) {
    vec2 q = fract(cell * vec2(0.7548777, 0.5698403));
    q += dot(q, q.yx + 19.31);
    return fract((q.x + 1.7) * q.y);
}

float hash1(float n) { return hash2(vec2(n, 71.0)); }

// hash2 of the four corners of a cell, all at once.
vec4 corners(vec2 cell) {
    vec4 q = fract(LATTICE * fract(vec4(cell, cell + 1.0) / LATTICE) * vec2(0.7548777, 0.5698403).xyxy);
    vec4 x = q.xzxz, y = q.yyww, s = x * (y + 19.31) + y * (x + 19.31);
    return fract((x + s + 1.7) * (y + s));
}

// Gradient noise, about -0.7..0.7.
float noise2(vec2 p) {
    vec2 i = floor(p), f = p - i, u = f * f * f * (f * (f * 6.0 - 15.0) + 10.0);
    vec4 h = corners(i), v = h * vec4(f.x, f.x - 1.0, f.x, f.x - 1.0) + fract(h * 61.7) * vec4(f.yy, f.yy - 1.0);
    vec2 side = mix(v.xz, v.yw, u.x);
    return 2.0 * mix(side.x, side.y, u.y) - dot(f - u, vec2(1.0));  // slopes are 2 h - 1: what is the same for all comes last
}

// So many octaves, the last one faded in. `drift`: how far the pattern has moved, wrapped in each octave by itself.
float fbm(vec2 p, vec2 drift, float octaves) {
    float sum = 0.0, weight = 0.55;
    for (int i = 0; i < MANY; i++) {
        sum += clamp(octaves, 0.0, 1.0) * weight * noise2(p - LATTICE * fract(drift / LATTICE));
        weight *= 0.5;
        p = 2.0 * TURN * p + 7.3;
        drift = 2.0 * TURN * drift;
        octaves -= 1.0;
        if (octaves <= 0.0) break;  // last: a renderer in software runs through what follows a `break`
    }
    return sum;
}

vec3 curve(vec3 light) {
    vec3 t = sqrt(sqrt(1.0 - exp(-max(light, 0.0))));
    vec3 c = t * (t * (t * (t * 0.1414 - 0.4158) + 1.2414) + 0.0335);  // the display's gamma: t to the power of 1.818
    return mix(c, c * c * (3.0 - 2.0 * c), 0.35);
}

float dither() { return (hash2(floor(isf_FragNormCoord * RENDERSIZE) + floor(fract(TIME) * 97.0)) - 0.5) / 255.0; }

// What the seed chooses, 0..1: a number of its own for each prime.
float chance(float prime) { return fract(seed * prime + 0.618034 * prime); }

vec3 neon(float turn) {
    vec3 c = clamp(abs(fract(turn + vec3(0.0, 2.0, 1.0) / 3.0) * 6.0 - 3.0) - 1.0, 0.0, 1.0);
    return (0.12 + c) * vec3(1.4, 0.8, 1.5);
}

// The colour of a lamp numbered h: sodium and tungsten, then cold offices between, then neon.
vec3 lamp(float h) {
    vec3 amber = mix(vec3(1.25, 0.50, 0.13), vec3(1.2, 0.80, 0.42), h);
    vec3 mixed = mix(amber, vec3(0.65, 0.85, 1.2), step(0.62, fract(h * 7.0)));
    vec3 bright = mix(mixed, neon(0.45 + 0.5 * fract(h * 13.0)), 0.85);
    return palette < 0.5 ? mix(amber, mixed, palette * 2.0) : mix(mixed, bright, palette * 2.0 - 1.0);
}

// Where the tallest towers stand, how far to both sides, and how high they may be under this sky.
float centre(vec2 extent) { return (chance(11.0) - 0.5) * 1.5 * extent.x; }
float centre_width(vec2 extent) { return extent.x * mix(0.25, 0.8, chance(13.0)); }
float room(float shore, vec2 extent) { return clamp((extent.y - shore) / 0.61, 0.45, 1.2); }

vec3 sky(vec2 p, float shore, vec2 extent, vec3 glow) {
    float up = clamp((p.y - shore) / (extent.y - shore), 0.0, 1.0);
    vec3 high = mix(vec3(0.085, 0.19, 0.50), vec3(0.003, 0.004, 0.010), sqrt(time_of_night));
    vec3 low = mix(vec3(1.25, 0.50, 0.26), vec3(0.03, 0.02, 0.03), sqrt(time_of_night));
    vec3 light = mix(low, high, smoothstep(0.0, 0.85, pow(up, 0.6)));
    float cloud = fbm(vec2(p.x * 1.3, p.y * 3.6) + 9.0 * seed, vec2(TIME * 0.05, 0.0), 2.0);
    float aside = (p.x - centre(extent)) / (0.7 * extent.x);
    light += glow * (0.05 + 0.20 * haze) * exp(-3.0 * up) * (0.6 + 0.9 * exp(-aside * aside));
    float cover = smoothstep(-0.1, 0.5, cloud) * smoothstep(0.0, 0.3, up);
    light = mix(light, light * 0.6 + glow * 0.05 * (1.0 - up) + low * 0.12, 0.7 * cover);
    // the moon, over half of all places
    float away = length(p - vec2((chance(19.0) - 0.5) * 1.7 * extent.x, mix(shore, extent.y, mix(0.5, 0.9, chance(23.0)))));
    float moon = step(0.5, chance(29.0)) * (1.0 - 0.6 * cover) * (1.0 - 0.5 * haze);
    light += vec3(0.62, 0.66, 0.74) * moon * (smoothstep(1.0, 0.88, away / mix(0.018, 0.036, chance(43.0))) + 0.10 * exp(-9.0 * away));
    vec2 star = p * 40.0;
    float h = hash2(floor(star) + floor(9.0 * seed));
    vec2 d = fract(star) - 0.5 - 0.5 * (vec2(fract(h * 17.0), fract(h * 31.0)) - 0.5);
    float twinkle = 0.6 + 0.4 * sine(TIME * (1.0 + h) + 40.0 * h);
    return light + 0.3 * step(0.85, h) * exp(-dot(d, d) * 160.0) * up * time_of_night * (1.0 - cover) * (1.0 - haze)
        * twinkle;
}

// One row of towers, k from far to near, before what is behind.
vec3 towers(vec3 behind, vec2 p, float k, float shore, vec2 extent, float pixel, vec3 air) {
    float wide = mix(15.0, 8.0, k * 0.5), place = p.x * wide + 31.0 * seed + 17.0 * k;
    float x = place + 0.32 * sine(place * 1.9) + 0.15 * sine(place * 0.7), cell = floor(x), f = fract(x);
    float h = hash2(vec2(mod(cell, LATTICE), 30.0 + k));
    float middle = (cell + 0.5 - 31.0 * seed - 17.0 * k) / wide;  // of the tower, so that its roof is level
    float district = 0.55 + 0.45 * sine(middle * 2.1 + 7.0 * seed + 2.0 * k) * sine(middle * 1.1 + 2.0);
    float aside = (middle - centre(extent)) / centre_width(extent);
    district *= mix(0.35, 1.45, exp(-aside * aside)) * room(shore, extent);
    float tall = mix(0.09, 0.80, height) * mix(1.0, 0.5, k * 0.5) * district * (0.22 + 0.78 * h * h) + 0.03;
    float margin = 0.01 + 0.12 * fract(h * 7.0), inside = min(f, 1.0 - f) - margin;
    // setbacks, and a mast on the tallest
    float level = clamp((p.y - shore) / tall, 0.0, 1.5);
    inside -= step(0.72, level) * 0.12 * step(0.4, fract(h * 3.0)) + step(0.88, level) * 0.10 * step(0.6, fract(h * 5.0));
    float cover = smoothstep(-pixel, pixel, inside / wide) * smoothstep(pixel, -pixel, p.y - shore - tall);
    float mast = smoothstep(pixel + 0.0010, 0.0, abs(f - 0.5) / wide) * step(0.80, h)
        * smoothstep(pixel, -pixel, p.y - shore - tall * 1.28);
    cover = max(cover, mast);

    float floors = mix(150.0, 92.0, k * 0.5), columns = floor(mix(6.0, 13.0, fract(h * 11.0)));
    vec2 pane = vec2((f - margin) / (1.0 - 2.0 * margin) * columns, (p.y - shore) * floors);
    vec2 at = floor(pane), g = fract(pane) - 0.5;
    float w = hash2(mod(vec2(at.x + 13.0 * cell, at.y + 7.0 * k), LATTICE));
    float storey = hash2(mod(vec2(at.y, cell + 91.0), LATTICE));
    float busy = clamp(lights * 1.25 - 0.35 + 0.5 * fract(h * 19.0), 0.015, 0.95) * mix(1.0, 0.75, time_of_night);
    float on = step(w, busy * (0.5 + 0.7 * step(0.5, storey)));
    vec2 half_size = vec2(mix(0.26, 0.46, step(0.6, fract(h * 23.0))), 0.30);
    vec2 soft = vec2(columns * wide, floors) * pixel * 0.75;
    vec2 glass = smoothstep(half_size + soft, half_size - soft, abs(g));
    float fine = smoothstep(1.1, 0.4, soft.y), shine = mix(busy * 0.33, on * glass.x * glass.y, fine);
    float blink = step(0.9, fract(w * 41.0)) * step(0.5, fract(TIME * 0.05 + w * 9.0));
    vec3 window = lamp(mix(fract(h * 29.0), fract(w * 57.0), 0.35)) * (0.25 + 0.9 * fract(w * 91.0)) * shine
        * (1.0 - 0.8 * blink);
    window *= mix(0.6, 2.9, lights) * (1.0 + 0.25 * mid * step(0.6, storey)) * step(0.02, inside);
    vec3 wall = mix(vec3(0.014, 0.016, 0.024), air * 0.25, 0.35) * (0.55 + 0.45 * fract(h * 41.0)) * mix(1.0, 0.55, k * 0.5);
    wall += air * 0.10 * exp(-9.0 * max(p.y - shore, 0.0));
    float crown = step(0.75, fract(h * 37.0)) * smoothstep(0.05, 0.0, abs(level - 0.97)) * step(level, 1.0);
    window += lamp(fract(h * 61.0)) * crown * lights * (0.8 + 0.8 * bass);
    vec3 tower = mix(wall + window, air, (1.0 - k * 0.5) * mix(0.06, 0.90, haze));
    vec3 light = mix(behind, tower, cover);
    float beacon = exp(-pow(length(vec2((f - 0.5) / wide, p.y - shore - tall * 1.28)) / (0.0022 + pixel), 2.0))
        * step(0.80, h);
    return light + vec3(1.6, 0.10, 0.06) * beacon * (0.35 + 0.65 * smoothstep(0.2, 0.9, sine(TIME * 1.6 + 20.0 * h)));
}

// How far the houses stand from the middle of a street.
float aside_of(float x) { return mix(0.22, 0.40, chance(x < 0.0 ? 37.0 : 31.0)); }

// The houses to both sides of a street that runs to `end`, and how much they hide; below the ground they are mirrored.
vec4 houses(vec2 p, vec2 end, float wave, float pixel, vec3 air) {
    vec2 d = p - end;
    float left = step(d.x, 0.0), wide = aside_of(d.x), x = max(abs(d.x), 0.002);
    float z = wide / x, first = floor(z * 1.7), best = 0.0, cover = 0.0, far = z, up = 0.0, house = first;
    for (int i = 0; i < 2; i++) {  // the wall along the street, then the front of the house behind it
        float k = first + float(i), at = i == 0 ? z : k / 1.7, h = hash2(vec2(mod(k, LATTICE) + 19.0 * left, 3.0 + floor(seed * 97.0)));
        float high = d.y * at + 0.10, tall = (0.25 + 1.9 * h * h) * mix(0.45, 1.1, height);
        high = max(abs(high) + wave * 0.045 * step(high, 0.0), 0.0);
        float hides = smoothstep(-1.0, 1.0, (tall - high) / (pixel * at));
        if (best < 0.5 && hides > best) { best = hides; far = at; up = high; house = k; }
        cover = max(cover, hides);
    }
    float h = hash2(vec2(mod(house, LATTICE) + 19.0 * left, 8.0 + floor(seed * 97.0))), front = step(0.5, house - first);
    vec2 grid = vec2(mix(20.0, 34.0, h), mix(14.0, 19.0, fract(h * 7.0)));
    vec2 pane = vec2(mix(z, x * far, front), up) * grid, g = fract(pane) - 0.5;
    vec2 soft = vec2(mix(z / x, far, front), far) * grid * pixel * 0.75;
    float w = hash2(mod(floor(pane) + vec2(13.0 * house + 50.0 * left, 7.0 * house), LATTICE));
    float busy = clamp(lights * 1.1 - 0.30 + 0.4 * fract(h * 19.0), 0.02, 0.85) * mix(1.0, 0.8, time_of_night);
    vec2 glass = smoothstep(vec2(0.32, 0.30) + soft, vec2(0.32, 0.30) - soft, abs(g));
    float shine = mix(busy * 0.36, step(w, busy) * glass.x * glass.y, smoothstep(1.1, 0.4, max(soft.x, soft.y)));
    float bar = smoothstep(0.025 + soft.x, 0.025 - soft.x, abs(abs(g.x) - 0.13 * step(0.5, fract(h * 5.0))));
    shine *= (0.9 + 0.9 * g.y) * (1.0 - 0.75 * bar);  // lit from the ceiling, behind a bar or two
    vec3 light = lamp(mix(fract(h * 29.0), fract(w * 57.0), 0.35)) * (0.2 + 0.8 * fract(w * 91.0)) * shine * mix(0.5, 1.8, lights);
    light *= 1.0 + 0.25 * mid * step(0.6, fract(w * 17.0));
    light += mix(vec3(0.014, 0.016, 0.024), air * 0.25, 0.35) * (0.5 + 0.5 * fract(h * 41.0)) * mix(1.0, 0.6, front);
    // shops along the ground, and what they throw up the walls
    vec3 shop = lamp(fract(h * 61.0)) * (0.2 + 0.9 * lights) * (1.0 - front);
    float door = z * 9.0, dark = smoothstep(0.5, 0.38, abs(fract(door) - 0.5)), own = hash2(vec2(mod(floor(door), LATTICE), 40.0 + left));
    float sign = smoothstep(0.006 + pixel * far, 0.005 - pixel * far, abs(up - 0.082)) * step(0.6, fract(own * 7.0));
    float window = smoothstep(0.064, 0.058, up) * smoothstep(0.010, 0.016, up) * dark * (0.12 + 0.75 * own * own);
    light += shop * (window + 0.13 * exp(-9.0 * up)) * (1.0 + 0.3 * bass) + lamp(own) * sign * dark * (0.3 + lights) * (1.0 - front);
    light *= mix(1.0, 0.42, step(d.y * z, -0.10));
    float deep = 1.0 - exp(-far * mix(0.06, 0.32, haze));
    return vec4(mix(light, air * 1.6, deep), cover * smoothstep(9.0, 6.0, far));
}

// Cars on the street, `d` from its end: white lamps come, red ones go.
vec3 cars(vec2 d, float pixel) {
    float going = step(0.0, d.x), ground = 0.10 / max(-d.y, 0.005), move = fract(TIME * 0.12) * mix(-1.0, 1.0, going);
    float cell = floor(ground * 1.1 - move), z = max((cell + 0.5 + move) / 1.1, 0.12);
    float number = cell - mix(-1.0, 1.0, going) * floor(mod(TIME * 0.12, LATTICE));
    float lane = mix(-0.11, 0.11, going), size = 0.010 / z + pixel;
    vec2 off = d - vec2(lane, -0.085) / z;
    off.x = abs(off.x) - 0.020 / z;
    float there = step(0.4, hash1(mod(number, LATTICE) + 60.0 + 9.0 * going)) * smoothstep(8.0, 5.0, z);
    vec3 colour = mix(vec3(1.3, 1.1, 0.8), vec3(1.4, 0.10, 0.05), going);
    return colour * there * step(0.0, -d.y) * (exp(-dot(off, off) / (size * size)) + 0.10 * exp(-dot(off, off) / (9.0 * size * size)));
}

// The town below a hill: avenues full of cars, quarters of lit windows, dark parks; the brow of the hill before it.
vec3 town(vec2 p, float shore, vec2 extent, float pixel, vec3 air) {
    float z = 0.30 / (max(shore - p.y, 0.0) + 0.025), turn = mix(0.25, 1.3, chance(31.0));
    vec2 axis = vec2(cosine(turn), sine(turn)), ground = vec2(p.x * z * 1.6, z * 1.3 + 9.0 * seed);
    vec2 at = vec2(dot(ground, axis), dot(ground, vec2(-axis.y, axis.x))) * 1.8;
    at.x += 0.35 * sine(at.y * 0.7);
    at.y += 0.30 * sine(at.x * 0.6 + 2.0);
    vec2 across = pixel * z * 1.8 * vec2(1.6, 4.3 * z);  // a pixel's size upon the ground
    vec2 soft = vec2(length(across * axis), length(across * axis.yx));
    float quarter = 0.5 + 0.5 * sine(at.x * 0.83 + 0.4 * at.y) * sine(at.y * 0.61 + 1.0);
    // cars along the streets, as far as they can be told apart; every third street or so is an avenue
    vec2 number = mod(floor(at + 0.5), LATTICE), own = vec2(hash1(number.x), hash1(number.y + 40.0));
    vec2 size = 0.011 + soft, off = (0.5 - abs(fract(at) - 0.5)) / size, line = exp(-off * off) * 0.011 / size;
    vec2 bead = (abs(fract(at.yx * 11.0 - fract(0.3 * TIME)) - 0.5) / 11.0) / size, lamps = 3.6 * exp(-bead * bead) + 0.12;
    line *= mix(vec2(1.0), lamps, smoothstep(0.045, 0.022, max(soft.x, soft.y)));
    line = (line + 0.05 * exp(-0.02 * off * off)) * (0.10 + 1.1 * smoothstep(0.55, 0.75, own));
    float breath = 0.85 + 0.15 * sine(TIME * 0.7 + at.x * 0.6 - at.y);
    vec3 light = 1.9 * mix(lamp(0.3), vec3(1.3, 0.72, 0.30), 0.6) * (line.x + line.y) * (0.30 + 0.9 * lights) * breath;
    // windows and lamps among the roofs
    vec2 fine = at * 9.0, cell = floor(fine), g = fract(fine) - 0.5;
    float h = hash2(mod(cell, LATTICE)), busy = mix(0.08, 0.75, lights) * quarter;
    g -= 0.5 * (vec2(fract(h * 17.0), fract(h * 31.0)) - 0.5);
    vec2 spread = 0.085 + soft * 9.0;
    g /= spread;
    float glow = dot(g, g), dots = step(h, busy) * (exp(-glow) + 0.05 * exp(-0.25 * glow)) * 0.0072 / (spread.x * spread.y);
    float seen = smoothstep(0.55, 0.25, max(spread.x, spread.y));
    light += lamp(fract(h * 57.0)) * mix(busy * 0.05, 1.8 * dots, seen) * (0.4 + 1.8 * fract(h * 91.0) * fract(h * 23.0))
        * (0.4 + lights) * (1.0 + 0.4 * mid * step(0.6, fract(h * 13.0)));
    light += vec3(0.006, 0.007, 0.012) + air * mix(0.05, 0.16, quarter);
    light = mix(light, air * 1.2, 1.0 - exp(-z * mix(0.03, 0.20, haze)));
    float tree = p.x * 13.0 + 40.0 * seed, brow = 0.05 + 0.09 * sine(p.x * 2.1 + 30.0 * seed) + 0.045 * abs(sine(tree))
        + 0.02 * abs(sine(2.3 * tree + 1.0)) + 0.008 * abs(sine(7.7 * tree));
    brow -= p.y + extent.y;
    vec3 leaves = vec3(0.004, 0.005, 0.008) + air * (0.04 + 0.10 * exp(-60.0 * max(brow, 0.0)));
    return mix(light, leaves, smoothstep(-pixel, pixel, brow));
}

// A bridge that hangs before the city, with lamps along its deck.
vec3 bridge(vec3 behind, vec2 p, float shore, vec2 extent, float pixel, vec3 air) {
    float foot = (chance(31.0) - 0.5) * 1.5 * extent.x, span = mix(0.7, 1.1, chance(37.0)), tall = 0.34 * clamp((extent.y - shore) / 0.61, 0.7, 1.4);
    float deck = shore + 0.085 + 0.05 * (chance(41.0) - 0.5) * p.x, along = (p.x - foot) / span;
    float f = fract(along + 0.5) - 0.5, pylon = abs(f) * span, sag = 2.0 * (0.5 - abs(f));
    float cable = deck + 0.012 + (tall - 0.02) * sag * sag, up = p.y - deck;
    float thin = 0.0012 + 0.5 * pixel, slope = inversesqrt(1.0 + pow(4.0 * (tall - 0.02) * sag / span, 2.0));
    float body = smoothstep(pixel, -pixel, abs(up) - 0.008);
    float leg = smoothstep(pixel, -pixel, abs(pylon - 0.014 + 0.008 * up / tall) - 0.0045) * smoothstep(pixel, -pixel, up - tall) * step(shore, p.y);
    leg = max(leg, smoothstep(pixel, -pixel, pylon - 0.014) * smoothstep(pixel, -pixel, min(abs(up - tall + 0.01), abs(up - 0.55 * tall)) - 0.007));
    float rope = smoothstep(thin + pixel, thin - pixel, abs(p.y - cable) * slope);
    float hanger = abs(fract(along * 26.0) - 0.5) * span / 26.0;
    rope = max(rope, 0.45 * smoothstep(pixel + 0.0006, 0.0, hanger) * step(0.0, up) * step(p.y, cable));
    vec3 iron = vec3(0.012, 0.013, 0.020) + air * mix(0.10, 0.24, haze) + lamp(0.3) * 0.12 * lights * exp(-14.0 * abs(up));
    vec3 light = mix(behind, iron, max(max(body, leg), rope * 0.85));
    vec2 d = vec2((fract(along * 13.0) - 0.5) * span / 13.0, up - 0.020), c = vec2((fract(along * 26.0) - 0.5) * span / 26.0, p.y - cable);
    light += lamp(0.25) * (0.5 + 0.9 * lights) * 1.8 * exp(-dot(d, d) / (0.000016 + 2.0 * pixel * pixel));
    light += lamp(0.9) * (0.3 + 0.6 * lights) * (1.0 + 0.5 * treble) * exp(-dot(c, c) / (0.000004 + 1.2 * pixel * pixel));
    vec2 top = vec2(pylon, up - tall - 0.012);
    return light + vec3(1.6, 0.10, 0.06) * exp(-dot(top, top) / (0.00001 + pixel * pixel)) * (0.6 + 0.4 * sine(TIME * 1.6));
}

// Lights before the lens, out of focus: soft discs of three sizes, each in a cell of its own, cut by the lens towards the
// corners, with a fine rim and a glow around.
vec3 out_of_focus(vec2 p, vec2 extent, float pixel) {
    vec3 sum = vec3(0.0);
    for (int i = 0; i < MANY; i++) {
        float k = float(i), wide = 0.085 * (1.0 + k * (0.6 + 0.4 * k));
        vec2 grid = vec2(p.x, p.y + extent.y) / wide;
        grid.x += hash1(floor(grid.y) + 9.0 * k) + mod(TIME * 0.03, LATTICE) + 40.0 * seed;
        vec2 cell = floor(grid);
        float h = hash2(mod(cell, LATTICE) + 17.0 * k), low = clamp(1.1 - 1.5 * (cell.y + 0.5) * wide / extent.y, 0.0, 1.0);
        float part = smoothstep(0.0, 0.08, bokeh * low * 0.75 - h);
        vec2 aside = 0.15 * vec2(sine(TIME * 0.2 + 60.0 * h), cosine(TIME * 0.17 + 90.0 * h));
        float radius = mix(0.18, 0.27, fract(h * 31.0)) * (1.0 + 0.06 * pulse);
        vec2 d = (fract(grid) - 0.5 - aside) / radius;
        float r = max(length(d), length(d + 0.40 * p)), blur = 0.10 + 2.0 * pixel / (radius * wide);
        float disc = smoothstep(1.0, 1.0 - blur, r) * (0.42 + 0.30 * r * r + 0.12 * d.y);
        float rim = (r - 0.93) / (0.05 + 0.7 * blur), halo = 0.16 * smoothstep(1.3, 0.7, r);
        float breath = 0.75 + 0.25 * sine(TIME * (0.5 + h) + 30.0 * h) + 0.5 * treble * step(0.6, fract(h * 3.0));
        vec3 colour = lamp(fract(h * 53.0));
        sum += (colour * (disc + halo) + (0.8 * colour + vec3(0.06, 0.02, 0.10)) * 0.22 * exp(-rim * rim)) * part * breath
            * mix(0.20, 0.40, bokeh) * (1.3 - 0.3 * k);
        if (i == 2 || p.y > 0.0) break;
    }
    return sum;
}

// Lamps and cars along the shore, the bridge, and all of that in the water.
vec3 shore_and_water(vec3 light, vec2 p, vec2 q, float shore, float depth, float wave, vec2 extent, float pixel, float kind, vec3 air) {
    // lamps along the embankment, and cars that pass behind them
    float row = p.x * 17.0 + 9.0 * seed, lit = hash1(mod(floor(row), LATTICE) + 5.0);
    vec2 d = vec2((fract(row) - 0.5 - 0.3 * (fract(lit * 7.0) - 0.5)) / 17.0, q.y - shore - 0.010);
    light += lamp(lit) * (0.5 + 0.9 * lights) * exp(-dot(d, d) / (0.000012 + 2.0 * pixel * pixel)) * 2.0;
    light += lamp(0.3) * (0.25 + 0.5 * lights) * exp(-pow((q.y - shore) * 60.0, 2.0)) * 0.35;
    float road = p.x * 9.0 - mod(TIME * 0.6, LATTICE), car = hash1(mod(floor(road), LATTICE) + 60.0);
    vec2 c = vec2((fract(road) - 0.5) / 9.0, q.y - shore - 0.004);
    light += vec3(1.3, 0.12, 0.05) * step(0.45, car) * exp(-dot(c, c * vec2(0.25, 1.0)) / (0.000006 + 1.5 * pixel * pixel));
    if (kind == 3.0) light = bridge(light, q, shore, extent, p.y < shore ? pixel * 2.0 : pixel, air);
    if (p.y < shore) {
        // each lamp draws a long broken streak
        float under = row + wave * 0.9 * waves, who = hash1(mod(floor(under), LATTICE) + 5.0);
        float streak = exp(-pow((fract(under) - 0.5 - 0.3 * (fract(who * 7.0) - 0.5)) * (4.2 - 2.0 * waves), 2.0) * 4.0)
            * (0.3 + 1.2 * fract(who * 23.0)) * exp(-depth * mix(2.0, 5.0, who)) * (0.55 + 0.9 * wave);
        light = light * mix(0.75, 0.42, smoothstep(0.0, 0.5, depth)) + lamp(who) * streak * 0.30 * (0.4 + lights);
        light += vec3(0.002, 0.004, 0.008) + air * 0.10 * max(wave, 0.0);
    }
    return light;
}

void main() {
    float pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE * pixel, extent = 0.5 * RENDERSIZE * pixel;
    // four kinds of places: across the water, on a hill, in a street, before a bridge
    float kind = floor(4.0 * chance(5.0)), lie = chance(7.0);
    bool hill = kind == 1.0, street = kind == 2.0;
    float shore = extent.y * (hill ? mix(-0.05, 0.55, lie) : street ? mix(-0.55, 0.05, lie) : mix(-0.70, 0.25, lie)), depth = max(shore - p.y, 0.0), wave = 0.0;
    vec2 q = p;
    if (p.y < shore && !hill) {
        float far = 0.06 / (depth + 0.015), rough = 0.25 + 0.9 * waves;
        vec2 w = vec2(p.x * far * 9.0, far * 24.0 + mod(TIME * 1.0, LATTICE));
        float calm = smoothstep(0.9, 0.2, far * far * 24.0 * pixel / 0.06 * 2.0);
        wave = calm * (noise2(w) + 0.5 * noise2(w * 2.3 - vec2(mod(TIME * 0.7, LATTICE), 0.0)));
        q = vec2(p.x + wave * 0.05 * depth * rough, shore + depth * 0.9
            + abs(wave) * 0.30 * rough * (0.12 + depth) * (0.7 + 0.6 * energy));
        q.y = max(q.y, shore + 0.001);
    }
    vec3 glow = mix(lamp(0.2), lamp(0.7), 0.35) * (0.25 + 0.75 * lights);
    vec3 air = mix(vec3(0.60, 0.29, 0.22), vec3(0.022, 0.02, 0.028), sqrt(time_of_night)) + glow * mix(0.035, 0.12, haze);
    if (hill) q.y = max(q.y, shore);
    vec3 light = sky(q, shore, extent, glow);
    float beside = max(abs(p.x - centre(extent)) - 0.15, 0.0) / centre_width(extent);
    float roofs = mix(0.09, 0.80, height) * mix(0.35, 1.45, exp(-beside * beside)) * room(shore, extent);
    for (int k = 0; k < MANY; k++) {
        light = towers(light, q, float(k), shore, extent, p.y < shore ? pixel * 2.5 : pixel, air);
        if (k == 2 || q.y - shore > 0.96 * roofs + 0.06 || (hill && p.y < shore)) break;  // nearer rows are lower
    }
    if (hill) {
        light = mix(light, town(p, shore, extent, pixel, air), smoothstep(shore + pixel, shore - pixel, p.y));
    } else if (street) {
        vec2 end = vec2((chance(41.0) - 0.5) * 1.1 * extent.x, shore), bent = vec2(p.x + wave * 0.02, p.y);
        vec4 wall = houses(bent, end, wave, p.y < shore ? pixel * 2.0 : pixel, air);
        light = mix(light, wall.rgb, wall.a);
        float wet = smoothstep(-pixel, pixel, shore - p.y - 0.10 * abs(p.x - end.x) / aside_of(p.x - end.x));
        light *= 1.0 - 0.3 * wet;
        light += wet * (vec3(0.004, 0.005, 0.008) + air * 0.10) + cars(p - end, pixel);
    } else {
        light = shore_and_water(light, p, q, shore, depth, wave, extent, pixel, kind, air);
    }
    light += air * mix(0.25, 1.1, haze) * exp(-11.0 * abs(p.y - shore)) * (1.0 + 0.15 * bass);
    light += out_of_focus(p, extent, pixel) * (0.4 + 0.6 * lights);
    light *= 1.0 - 0.4 * dot(p, p) / dot(extent, extent);
    gl_FragColor = vec4(curve(light * 1.3) + dither(), 1.0);
}
