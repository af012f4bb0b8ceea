/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Sunflowers and daisies in a field of soft light: heads by the golden angle, rows to the horizon.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "kind", "LABEL": "Sunflowers to daisies", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.15},
    {"NAME": "time_of_day", "LABEL": "Morning, evening, night", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "bloom", "LABEL": "How far they are open", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.8},
    {"NAME": "nearness", "LABEL": "Nearness of the flowers", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "haze", "LABEL": "Haze", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.25},
    {"NAME": "clouds", "LABEL": "Clouds", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.35},
    {"NAME": "wind", "LABEL": "Wind", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
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

// Value noise, 0..1.
float value2(vec2 p) {
    vec2 i = floor(p), f = p - i, u = f * f * (3.0 - 2.0 * f);
    vec4 h = corners(i);
    vec2 side = mix(h.xz, h.yw, u.x);
    return mix(side.x, side.y, u.y);
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

const int ROWS = 4;
const float GOLDEN = 0.3819660;  // of a turn from each seed to the next

// Where a head's seeds stand: seed n lies at sqrt(n) from the middle, turned by n golden angles; in (n, turns) that is
// a lattice. Two steps of it that are short at this radius (their numbers are neighbours in Fibonacci's row) find the
// nearest seed without a search. Returns the distance to it in seeds' widths, and its number.
vec2 phyllotaxis(float r, float turns, float seeds) {
    float n = r * r * seeds;
    vec2 steps = n < 12.0 ? vec2(3.0, 5.0) : (n < 85.0 ? vec2(8.0, 13.0) : vec2(21.0, 34.0));
    vec2 lead = steps * GOLDEN - floor(steps * GOLDEN + 0.5);
    float rest = fract(n), t = turns - floor(n) * GOLDEN;
    t -= floor(t + 0.5);
    vec2 corner = floor(vec2(rest * lead.y - steps.y * t, steps.x * t - rest * lead.x)
        / (steps.x * lead.y - steps.y * lead.x));
    vec2 best = vec2(9.0, 0.0);
    for (int i = 0; i < 4; i++) {
        vec2 c = corner + vec2(mod(float(i), 2.0), floor(float(i) * 0.5));
        float m = floor(n) + dot(c, steps), out_to = sqrt(max(m, 0.0) / seeds);
        float x = m * GOLDEN - turns, xx;  // half the angle from here to the seed, and its sine
        x = 3.1415927 * (x - floor(x + 0.5));
        xx = x * x;
        x *= 1.0 - xx * (0.16667 - 0.0081 * xx);
        float apart = ((out_to - r) * (out_to - r) + 4.0 * out_to * r * x * x) * seeds;
        best = apart < best.x ? vec2(apart, m) : best;
    }
    return vec2(sqrt(best.x), best.y);
}

// One ring of petals at distance `r` from the middle, in units of their tips' distance. Returns cover, light, how far out.
vec3 petals(float turns, float r, float count, float width, float inner, float key, float pixel) {
    float angle = turns * count + key, h = hash2(vec2(mod(floor(angle), count), 5.0 + floor(key * 7.0)));
    float across = (fract(angle) - 0.5 + 0.22 * (h - 0.5)) * 6.2831853 / count * r;
    float reach = mix(0.45 + 0.4 * fract(h * 17.0), 0.86 + 0.14 * fract(h * 17.0), bloom);
    float u = clamp((r - inner) / (reach - inner), 0.0, 1.0);
    across += (1.0 - bloom) * 0.12 * u * u * (fract(h * 41.0) - 0.5);
    float half_width = width * min(4.2 * sqrt(u + 0.03) * (1.0 - u) * (0.35 + 0.65 * u), 1.0) * mix(0.35, 1.0, bloom);
    float side = clamp(across / max(half_width, 0.004), -1.0, 1.0);
    float cover = smoothstep(pixel, -pixel, abs(across) - half_width) * step(r, reach);
    float light = 0.82 + 0.22 * (1.0 - side * side) + 0.09 * cosine(side * 9.0 + 3.0 * h) * (1.0 - u) + 0.3 * (h - 0.5);
    light *= (1.0 - 0.3 * smoothstep(0.45, 1.0, h > 0.5 ? side : -side)) * (0.62 + 0.38 * smoothstep(0.0, 0.4, u));
    return vec3(cover, light, u);
}

vec3 petal_colour(float out_of, float key, float daisy) {
    float pink = step(0.7, key);
    vec3 tip = mix(mix(vec3(1.0, 0.44, 0.005), vec3(1.0, 0.58, 0.012), key),
        mix(vec3(0.93, 0.92, 0.90), vec3(0.93, 0.45, 0.60), pink), daisy);
    vec3 root = mix(mix(vec3(0.85, 0.20, 0.0), vec3(0.95, 0.33, 0.005), key),
        mix(vec3(0.84, 0.84, 0.74), vec3(0.80, 0.16, 0.34), pink), daisy);
    return mix(mix(vec3(0.10, 0.06, 0.03), vec3(0.07, 0.05, 0.04), key), mix(root, tip, out_of),
        smoothstep(0.0, 0.55, bloom + 0.3 * (key - 0.5)));
}

// The seeds in the middle of a head, `r` from 0 to 1, `y` upwards.
vec3 heart(float r, float y, float turns, float daisy, float pixel, vec3 sun, vec3 light) {
    float seeds = mix(330.0, 240.0, daisy), fine = smoothstep(0.9, 0.25, pixel * sqrt(seeds));
    vec2 grain = phyllotaxis(r, turns, seeds);
    float bead = mix(0.45, smoothstep(0.75, 0.1, grain.x), fine), glint = fine > 0.0 ? hash1(mod(grain.y, LATTICE)) : 0.5;
    vec3 c = mix(vec3(0.11, 0.10, 0.015), vec3(0.08, 0.026, 0.006), smoothstep(0.1, 0.5, r));
    c = mix(c, vec3(0.40, 0.16, 0.012), smoothstep(0.55, 0.95, r) * bloom);
    c = mix(c, mix(vec3(0.62, 0.42, 0.01), vec3(0.95, 0.50, 0.01), smoothstep(0.0, 0.8, r)), daisy * (0.3 + 0.7 * bloom));
    float dome = 0.5 + 0.6 * sqrt(max(1.0 - r * r, 0.0)) + 0.3 * y;
    return c * (0.3 + 1.35 * bead * (0.75 + 0.5 * glint)) * dome * light
        + sun * 0.12 * bead * step(0.97 - 0.25 * treble, glint);
}

// A whole head, `q` in units of its radius: light, and cover.
vec4 head(vec2 q, float key, vec3 sun, vec3 shade, float pixel) {
    float r = length(q);
    if (r > 1.02) return vec4(0.0);
    float turns = atan(q.y, q.x) / 6.2831853, daisy = smoothstep(0.35, 0.65, kind + 0.35 * (key - 0.5));
    float face = mix(0.43, 0.27, daisy), count = floor(mix(21.0, 27.0, daisy) + 6.0 * key);
    vec3 light = sun * (0.8 + 0.35 * q.y) + shade;
    float from = r / (0.97 + 0.03 * bass);
    vec3 ring = petals(turns, from, count, mix(0.105, 0.075, daisy), face * 0.85, key + 0.5, pixel);
    vec4 sum = vec4(petal_colour(ring.z, key, daisy) * ring.y * 0.68 * light, 1.0) * ring.x;
    ring = petals(turns, from * 1.07, count, mix(0.098, 0.07, daisy), face * 0.85, key, pixel);
    sum = mix(sum, vec4(petal_colour(ring.z, key, daisy) * ring.y * light, 1.0), ring.x);
    if (r > face + pixel) return sum;
    return mix(sum, vec4(heart(r / face, q.y / face, turns, daisy, pixel / face, sun, light), 1.0),
        smoothstep(pixel, -pixel, r - face));
}

// A leaf from `root` along `way`; x: cover, y: light.
vec2 leaf(vec2 d, vec2 way, float size, float pixel) {
    float u = dot(d, way) / size, v = dot(d, vec2(-way.y, way.x)) / size;
    v -= 0.14 * u * u;
    float half_width = 0.36 * sqrt(max(u, 0.0)) * max(1.0 - u, 0.0) * 1.5;
    float cover = smoothstep(pixel, -pixel, (abs(v) - half_width) * size) * step(0.0, u);
    float rib = smoothstep(0.03, 0.0, abs(v)) * 0.25 + 0.12 * cosine(abs(v) * 55.0 - u * 34.0);
    return vec2(cover, 0.75 + rib + 0.35 * sign(v) * min(abs(v) * 6.0, 1.0));
}

// Stem and leaf of the plant whose head is at d = 0: premultiplied.
vec4 stalk(vec2 d, float own, float h, float sway, vec3 sun, vec3 shade, float pixel) {
    float bend = d.x + sway * 3.0 * smoothstep(0.0, -0.6, d.y) + 0.06 * (h - 0.5) * d.y, thin = 0.075 * own;
    vec3 green = mix(vec3(0.05, 0.12, 0.01), vec3(0.16, 0.30, 0.03), 0.5 - 0.5 * bend / thin) * (0.7 * sun + shade);
    vec4 sum = vec4(green, 1.0) * smoothstep(pixel, -pixel, abs(bend) - thin) * step(d.y, 0.0);
    float left = h > 0.5 ? 1.0 : -1.0;
    vec2 from = (d + vec2(0.0, own * (1.15 + 0.5 * h))) * vec2(left, 1.0);
    vec2 blade = leaf(from, normalize(vec2(1.0, 0.3 + left * sway * 4.0)), own * 1.25, pixel);
    green = mix(vec3(0.03, 0.085, 0.01), vec3(0.15, 0.27, 0.02), clamp(blade.y - 0.4, 0.0, 1.0)) * (0.8 * sun + shade);
    return mix(sum, vec4(green, 1.0), blade.x);
}

// A thicket: three layers of leaves, each leaf in a cell of its own.
vec3 foliage(vec2 q, float gust, float pixel) {
    vec3 light = vec3(0.008, 0.018, 0.004);
    for (int i = 0; i < 3; i++) {
        float k = float(i);
        vec2 g = TURN * q * (0.95 - 0.12 * k) + vec2(3.7, 8.1) * k, cell = floor(g);
        float h = hash2(mod(cell, LATTICE) + 5.0 * k);
        float angle = 0.5 + 2.2 * (h - 0.5) + 0.2 * gust * sine(TIME * (1.0 + h) + 20.0 * h);
        vec2 way = vec2(sine(angle), cosine(angle)), d = fract(g) - 0.5 + 0.46 * way;
        vec2 blade = leaf(d, way, 0.95, 1.2 * pixel);
        vec3 green = mix(vec3(0.025, 0.07, 0.008), vec3(0.12, 0.23, 0.015), clamp(blade.y - 0.4 + 0.3 * (h - 0.5), 0.0, 1.0));
        light = mix(light, green * (0.45 + 0.27 * k), blade.x);
    }
    return light * mix(vec3(1.3, 0.62, 0.5), vec3(1.0), smoothstep(0.0, 0.7, bloom));
}

// Row k, 0 far to near: size of its flowers, height of its heads in the picture, shift to the side.
vec3 row(float k, float horizon, float view) {
    float near = k * (0.7727 + k * (-0.2661 + 0.03987 * k)), depth = mix(4.2, 1.0, near) * mix(1.35, 0.8, nearness) * mix(1.45, 0.6, chance(13.0));
    return vec3(0.21 / depth, horizon + 0.06 - 0.31 * view / depth * (k * 0.17 + 0.62), 7.31 * k + 6.0 * seed * (1.0 + 0.3 * k));
}

float mist(float size) { return 1.0 - exp(-0.14 * (0.21 / size - 0.75) * (0.2 + 2.0 * haze)); }

float evening() { return min(time_of_day * 1.4, 1.0); }

float night() { return smoothstep(0.68, 0.95, time_of_day); }

vec3 sky(vec2 p, float horizon, vec2 extent, vec2 sun_at, vec3 sun, vec3 low, float octaves) {
    float up = clamp((p.y - horizon) / (extent.y - horizon), 0.0, 1.0);
    vec3 high = mix(vec3(0.16, 0.38, 0.78), vec3(0.16, 0.22, 0.50), evening()) * (1.0 - 0.5 * clouds);
    high = mix(high, vec3(0.008, 0.014, 0.045), night());
    vec3 light = mix(low, high, pow(up, 0.7));
    float away = length(p - sun_at);
    light += sun * (0.55 * exp(-3.5 * away) + 1.2 * exp(-18.0 * away));
    vec2 q = vec2(p.x, 1.2 * (p.y - horizon)) / (0.35 + up) + 9.0 * seed;
    float cloud = fbm(q * vec2(1.5, 2.6), vec2(TIME * 0.04, 0.0), octaves);
    float cover = smoothstep(0.25, 0.75, cloud + clouds * 0.85 - 0.1) * smoothstep(0.0, 0.25, up);
    vec3 lit = mix(low * 1.0 + 0.15, vec3(0.36, 0.37, 0.42) * (low + 0.2), smoothstep(0.3, 1.0, cloud + 0.6 * clouds))
        + sun * 0.35 * exp(-3.0 * away);
    return mix(light, mix(lit, vec3(0.010, 0.012, 0.02) + lit * 0.05, night()), cover * 0.85);
}

void main() {
    float pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE * pixel, extent = 0.5 * RENDERSIZE * pixel;
    float lie = mix(-0.25, 0.70, chance(7.0)), horizon = lie * extent.y, view = (1.0 + lie) / 1.24;
    vec2 sun_at = vec2((0.5 * sine(6.28 * seed)) * extent.x, horizon + mix(0.34, 0.07, evening()) + 0.2 * night());
    vec3 sun = mix(vec3(1.0, 0.93, 0.80), vec3(1.35, 0.62, 0.22), evening() * evening()) * (1.55 - 1.0 * clouds);
    vec3 low = mix(vec3(0.62, 0.74, 0.86), vec3(1.05, 0.50, 0.20), evening() * evening()) * (1.0 - 0.55 * clouds);
    vec3 shade = mix(vec3(0.26, 0.34, 0.46), vec3(0.30, 0.20, 0.24), evening()) * (1.0 - 0.3 * clouds);
    sun = mix(sun, vec3(0.22, 0.30, 0.46) * (1.0 - 0.6 * clouds), night());
    low = mix(low, vec3(0.035, 0.055, 0.11), night());
    shade = mix(shade, vec3(0.02, 0.035, 0.075), night());

    // the leaves that the nearest row here stands in
    float gust = (0.25 + 0.75 * wind) * (0.6 + 0.7 * energy) + 0.3 * mid, near_row = -1.0, thicket = 0.0;
    vec3 thicket_row = row(0.0, horizon, view);
    for (int i = 0; i < ROWS; i++) {
        float k = float(i);
        vec3 line = row(k, horizon, view);
        float below = (line.y - p.y) / line.x, place = p.x / line.x + 3.1 * float(ROWS - 1 - i);
        float tufts = 0.35 * sine(place * 1.9) * sine(place * 0.83 + 2.0)
            + 0.22 * abs(sine(place * 4.3) + 0.6 * sine(place * 2.9));
        if (below > 0.75 + tufts) {
            near_row = k;
            thicket = below;
            thicket_row = line;
        }
    }

    // plants, from the nearest to that row: each turn of the outer loop finds the next one that may be seen here and draws it
    float left = 1.0, next = 0.0, last = 2.0 * float(ROWS) - 2.0 * max(near_row, 0.0) - 1.0;
    vec3 sum = vec3(0.0);
    for (int i = 0; i < 6; i++) {
        float found = 0.0, own = 1.0, h = 0.5, depth_size = 1.0;
        vec2 d = vec2(9.0), sway = vec2(0.0);
        for (int j = 0; j < MANY; j++) {
            float k = float(ROWS - 1) - floor(next * 0.5);
            vec3 line = row(k, horizon, view);
            float x = p.x / (2.25 * line.x) + line.z, cell = floor(x - 0.5) + mod(next, 2.0);
            h = hash2(vec2(mod(cell, LATTICE), 13.0 + k));
            own = line.x * (0.72 + 0.5 * fract(h * 7.0)) * (1.0 + 0.03 * pulse);
            depth_size = line.x;
            float phase = TIME * (0.9 + 0.5 * h) + 20.0 * h;
            sway = gust * 0.24 * line.x
                * vec2(sine(phase) + 0.6 * sine(phase * 2.3 + 1.0), 0.25 * cosine(phase * 1.3));
            vec2 at = vec2((cell + 0.5 + 0.36 * (fract(h * 29.0) - 0.5) - line.z) * 2.25, fract(h * 53.0) - 0.5) * line.x;
            d = p - vec2(0.0, line.y) - at - sway;
            found = step(abs(d.x), own * 1.3) * step(d.y, own * 1.02) * step(-8.0, d.y / own);
            next += 1.0;
            if (found > 0.5 || next > last) break;
        }
        vec4 plant = found * stalk(d, own, h, sway.x, sun, shade, pixel);
        float droop = 1.0 - smoothstep(0.0, 0.6, bloom), turn = 0.5 * (h - 0.5) + 1.2 * sway.x;
        float s = sine(turn), c = cosine(turn);
        vec2 q = mat2(c, s, -s, c) * d / own;
        // looks up, or hangs
        q.y = (q.y + 0.05 + 0.25 * droop) / (1.0 - 0.5 * (0.12 + 0.25 * fract(h * 11.0)) - 0.3 * droop);
        vec4 flower = head(q + 9.0 * (1.0 - found), fract(h * 91.0), sun, shade, 1.2 * pixel / own);
        plant = mix(plant, vec4(flower.rgb / max(flower.a, 0.001), 1.0), flower.a);
        sum += left * mix(plant.rgb, low * plant.a, mist(depth_size));
        left *= 1.0 - plant.a;
        if (left < 0.02 || next > last) break;
    }

    // what is behind them: nothing of it is seen in most of the picture
    vec3 light = sky(p, horizon, extent, sun_at, sun, low, left > 0.0 && p.y > horizon - 0.02 ? 4.0 : 0.0);
    // far hills, then the field: leaves and dots of colour, with waves of wind
    float hills = horizon + 0.02 + 0.045 * fbm(vec2(p.x * 2.2 + 31.0 * seed, 3.0), vec2(0.0), 3.0);
    vec3 hill = mix(vec3(0.03, 0.08, 0.04) * (sun + shade), low, 0.25 + 0.5 * haze);
    light = mix(light, hill, smoothstep(pixel, -pixel, p.y - hills));
    if (p.y < horizon) {
        float depth = 0.3 / (horizon - p.y + 0.012), foot = pixel * depth * depth / 0.3;
        vec2 g = vec2(p.x * depth, depth) + vec2(11.0 * seed, 5.0 * seed);
        float wave = noise2(g * vec2(0.5, 0.35) - vec2(mod(TIME * 0.5, LATTICE), 0.0));
        vec2 dot_at = g * vec2(9.0, 6.0);
        float h = hash2(mod(floor(dot_at), LATTICE));
        vec2 d = fract(dot_at) - 0.5 - 0.35 * (vec2(fract(h * 13.0), fract(h * 37.0)) - 0.5);
        float dots = mix(smoothstep(0.34, 0.2, length(d)), 0.36, smoothstep(0.04, 0.2, foot * 6.0));
        vec3 colour = petal_colour(0.8, h, smoothstep(0.35, 0.65, kind + 0.35 * (h - 0.5)));
        vec3 field = mix(vec3(0.03, 0.07, 0.01) * (1.0 + wave), colour, dots * 0.85) * (sun * (0.75 + 0.4 * wave) + shade);
        field = mix(field, low, 1.0 - exp(-0.05 * depth * (0.3 + 2.0 * haze)));
        light = mix(light, field, smoothstep(0.0, 2.0 * pixel, horizon - p.y));
    }
    light += (sun * 0.25 * exp(-5.0 * length((p - sun_at) * vec2(0.6, 1.0)))) * (0.3 + haze);
    vec3 leaves = foliage(p / thicket_row.x + 17.0 * (float(ROWS - 1) - near_row), gust, pixel / thicket_row.x)
        * (0.8 * sun + shade) * mix(1.0, 0.25, smoothstep(0.8, 3.5, thicket));
    if (near_row >= 0.0) light = mix(leaves, low, mist(thicket_row.x));
    light = sum + left * light;

    // pollen in the light
    vec2 grid = vec2(p.x + 0.04 * sine(p.y * 6.0 + TIME * 0.4), p.y) * 8.0
        - vec2(mod(TIME * 0.2, LATTICE), -mod(TIME * 0.08, LATTICE));
    float h = hash2(mod(floor(grid), LATTICE));
    vec2 d = fract(grid) - 0.5 - 0.5 * (vec2(fract(h * 17.0), fract(h * 31.0)) - 0.5);
    light += sun * 0.5 * step(0.62 - 0.3 * treble, h) * exp(-dot(d, d) * 1400.0)
        * (0.5 + 0.5 * sine(TIME * (0.5 + h) + 30.0 * h));
    light += sun * haze * 0.02;
    light *= 1.12 - 0.35 * dot(p, p) / dot(extent, extent);
    // grey days: colours fade, and streaks of rain fall, near and far
    float gloom = smoothstep(0.45, 1.0, clouds);
    light = mix(light, vec3(dot(light, vec3(0.25, 0.6, 0.15))) * vec3(0.95, 1.0, 1.06), 0.62 * gloom) * (1.0 - 0.25 * gloom);
    vec2 fall = isf_FragNormCoord * RENDERSIZE * min(0.45, 260.0 * pixel);
    fall = vec2(fall.x + (0.10 + 0.3 * wind) * fall.y, fall.y * 0.13 + mod(TIME * 5.0, LATTICE));
    float streaks = 0.6 * smoothstep(0.55, 0.95, value2(fall)) + smoothstep(0.5, 0.9, value2(0.6 * fall + 40.0));
    vec3 seen = curve(light * light * 0.5 + light * 0.62);
    seen += (streaks - 0.35) * 0.15 * gloom * gloom * (0.25 + seen.g);
    gl_FragColor = vec4(seen + dither(), 1.0);
}
