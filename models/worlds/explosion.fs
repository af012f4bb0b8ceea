/*{
  "ISFVSN": "2",
  "DESCRIPTION": "An explosion in slow motion that never ends: a night fireball close by, or a cloud far off under a pale day; in a desert, at sea, before a city, in a quarry.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "fire", "LABEL": "Grey smoke to fire", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.65},
    {"NAME": "rise", "LABEL": "Burst to mushroom", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "size", "LABEL": "Size", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "daylight", "LABEL": "Night to pale day", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "cold", "LABEL": "Amber to steel light", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "debris", "LABEL": "Debris", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "dust", "LABEL": "Dust over the ground", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "trees", "LABEL": "Bare trees before it", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
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

vec2 slope(vec2 cell) {
    float h = hash2(cell);
    return vec2(h, fract(h * 61.7)) * 2.0 - 1.0;
}

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

// What burns: crimson where it is cool, orange, then yellow.
vec3 glow(float t) {
    vec3 c = mix(vec3(1.5, 0.09, 0.015), vec3(2.6, 0.85, 0.10), smoothstep(0.25, 0.9, t));
    return t * t * c + vec3(2.6, 1.7, 0.6) * pow(max(t, 0.0), 7.0);
}

// Round lumps with creases where gradient noise crosses 0: slope (xy) and height (z, 0 in a crease, 1 on top).
vec3 lumps(vec2 p) {
    vec2 i = floor(p), f = p - i, u = f * f * f * (f * (f * 6.0 - 15.0) + 10.0), du = 30.0 * f * f * (f * (f - 2.0) + 1.0);
    i = mod(i, LATTICE);
    vec2 j = mod(i + 1.0, LATTICE), ga = slope(i), gb = slope(vec2(j.x, i.y)), gc = slope(vec2(i.x, j.y)), gd = slope(j);
    float a = dot(ga, f), b = dot(gb, f - vec2(1.0, 0.0)), c = dot(gc, f - vec2(0.0, 1.0)), d = dot(gd, f - 1.0);
    float k = a - b - c + d, n = a + u.x * (b - a) + u.y * (c - a) + u.x * u.y * k;
    vec2 rise = ga + u.x * (gb - ga) + u.y * (gc - ga) + u.x * u.y * (ga - gb - gc + gd) + du * (vec2(b, c) - a + u.yx * k);
    float steep = sqrt(n * n + 0.0004), low = 1.0 - min(2.2 * (steep - 0.02), 1.0);  // creases are round at their bottom
    return vec3(n / steep * rise * 4.2 * low, 1.0 - low * low * (0.55 + 0.45 * low));
}

// Lumps on lumps, each size growing into the next for ever: tilt (xy) and height (z, 0..1). `d` from where they come,
// `coarse` the size of the largest.
vec3 billows(vec2 d, float coarse, float pixel) {
    float turn = TIME * 0.13 + 0.02 * bass, whole = floor(turn), part = turn - whole, total = 0.0;
    vec3 sum = vec3(0.0);
    for (int i = 0; i < 5; i++) {
        float k = float(i), size = coarse * exp2(part - k), window = i == 0 ? 1.0 - part : (i == 4 ? part : 1.0);
        window *= smoothstep(2.0, 5.0, size / pixel);
        if (window <= 0.0) continue;
        float key = hash1(mod(whole + k, LATTICE)), weight = window * pow(0.72, k);
        bool turned = mod(whole + k, 2.0) < 0.5;
        // whole cells: a key that is a little off elsewhere moves nothing
        vec3 ball = lumps((turned ? TURN * d : d) / size + floor(90.0 * vec2(key, fract(key * 37.0))) - 0.05 * sum.xy);
        sum += vec3((turned ? ball.xy * TURN : ball.xy) * window * pow(0.80, k), ball.z * weight);
        total += weight;
    }
    return vec3(sum.xy, sum.z / max(total, 0.0001));
}

// Distance to an ellipse, near enough, below 0 inside.
float ellipse(vec2 d, vec2 radii) {
    float k = length(d / radii);
    return (k - 1.0) * min(radii.x, radii.y) * mix(1.0, k, 0.3) / max(k, 0.3);
}

float merge(float a, float b, float soft) {
    float h = clamp(0.5 + 0.5 * (b - a) / soft, 0.0, 1.0);
    return mix(b, a, h) - soft * h * (1.0 - h);
}

// The cloud's outline, `d` from its foot: a ball on the ground, or a cap on a stem with a skirt.
float outline(vec2 d, float tall) {
    vec2 wide = mix(vec2(0.50, 0.46), vec2(0.44, 0.27), rise) * tall;
    float cap = ellipse(d - vec2(0.0, mix(0.30, 0.74, rise) * tall), wide);
    float stem = abs(d.x) - tall * (0.15 + 0.16 * pow(abs(d.y / tall - 0.34), 1.5)) * mix(1.6, 0.8, rise);
    stem = max(stem, d.y - 0.75 * tall);
    float skirt = ellipse(d, vec2(0.85 + 0.7 * dust, 0.22 + 0.12 * dust) * tall);
    return merge(merge(cap, stem, 0.10 * tall), skirt, 0.12 * tall);
}

float limb(vec2 d, vec2 from, vec2 to, float thick, float soft) {
    vec2 a = d - from, b = to - from;
    float u = clamp(dot(a, b) / dot(b, b), 0.0, 1.0);
    return smoothstep(soft, -soft, length(a - b * u) - thick * (1.0 - 0.7 * u));
}

// A bare tree, `d` from its foot in its own height; 1 on it. The loop ends after a turn where there is none.
float tree(vec2 d, float key, float soft) {
    float lean = 0.16 * (key - 0.5), sum = 0.0;
    bool elsewhere = max(abs(d.x) - 0.5, abs(d.y - 0.5) - 0.6) > 0.0;
    // gnarled, all of one piece
    d += vec2(0.030 * sine(d.y * 8.0 + 40.0 * key) + 0.009 * sine(d.y * 31.0), 0.016 * sine(d.x * 23.0 + 9.0 * key));
    for (int i = 0; i < MANY; i++) {
        float k = float(i), h = hash2(vec2(k, 11.0 + floor(key * 29.0))), at = 0.28 + 0.095 * k, way = mod(k, 2.0) * 2.0 - 1.0;
        vec2 from = vec2(lean * at, at * 0.95), to = from + (0.34 - 0.25 * at + 0.12 * h) * vec2(way * (0.8 + 0.3 * h), 0.55);
        vec2 twig = mix(from, to, 0.55), tip = twig + vec2(way * 0.03, 0.10 + 0.10 * fract(h * 7.0));
        sum = max(sum, max(limb(d, from, to, 0.017, soft), limb(d, twig, tip, 0.008, soft)));
        if (i == 0) sum = max(sum, limb(d, vec2(0.0, -0.05), vec2(lean, 0.95), 0.035, soft));
        if (elsewhere || i > 5) break;
    }
    return elsewhere ? 0.0 : sum;
}

// How deep inside a box, below 0 outside.
float slab(vec2 b, float left, float low, float right, float high) {
    return min(min(b.x - left, right - b.x), min(b.y - low, high - b.y));
}

float bar(vec2 b, vec2 from, vec2 to, float thick) {
    vec2 a = b - from, way = to - from;
    return thick - length(a - way * clamp(dot(a, way) / dot(way, way), 0.0, 1.0));
}

// An excavator, its arm raised.
float excavator(vec2 b) {
    float tracks = 0.055 - length(vec2(max(abs(b.x - 0.34) - 0.24, 0.0), b.y - 0.06));
    float house = min(slab(b, 0.08, 0.14, 0.56, 0.30), b.x + b.y - 0.28), cab = min(slab(b, 0.40, 0.14, 0.58, 0.47), 0.93 - b.x - 0.8 * b.y);
    cab = min(cab, -slab(b, 0.435, 0.30, 0.53, 0.44));
    vec2 knee = vec2(0.88, 0.80), tip = vec2(1.16, 0.36);
    float arm = max(max(bar(b, vec2(0.52, 0.24), vec2(0.66, 0.66), 0.030), bar(b, vec2(0.66, 0.66), knee, 0.026)), bar(b, knee, tip, 0.019));
    float bucket = min(0.085 - length(b - tip + vec2(0.02, 0.02)), b.y - tip.y + 0.45 * (b.x - tip.x) + 0.03);
    return max(max(max(tracks, house), max(cab, arm)), max(bucket, slab(b, 0.24, 0.08, 0.44, 0.16)));
}

// A tanker that goes down by the stern.
float tanker(vec2 b) {
    b = vec2(b.x, b.y + 0.10 - 0.13 * b.x);
    float hull = min(min(0.115 + 0.035 * smoothstep(0.80, 1.0, b.x) - b.y, 1.0 - b.x + 0.35 * (b.y - 0.10)), b.x - 0.03 + 0.2 * b.y);
    float bridge = max(min(slab(b, 0.07, 0.08, 0.20, 0.225), 0.40 - b.x - b.y), slab(b, 0.09, 0.215, 0.165, 0.255));
    bridge = max(bridge, max(slab(b, 0.055, 0.212, 0.185, 0.224), min(slab(b, 0.055, 0.08, 0.090, 0.30), 0.42 - b.x - b.y * 1.1)));
    bridge = min(bridge, -min(0.0055 - abs(b.y - 0.240), slab(b, 0.115, 0.0, 0.160, 0.4)));
    float masts = max(bar(b, vec2(0.14, 0.25), vec2(0.14, 0.34), 0.004), bar(b, vec2(0.91, 0.1), vec2(0.91, 0.24), 0.004));
    masts = max(masts, max(bar(b, vec2(0.53, 0.1), vec2(0.53, 0.23), 0.006), bar(b, vec2(0.53, 0.22), vec2(0.63, 0.165), 0.004)));
    return max(max(hull, bridge), max(masts, min(0.006 - abs(b.y - 0.135), min(b.x - 0.2, 0.9 - b.x))));
}

// How high the land is far behind: mesas, nothing, houses, or the steps of a quarry that rise to both sides.
float far_land(float x, float aside, float setting) {
    float n = noise2(vec2(x * 1.7, 3.0)), cell = floor(x * 11.0), h = hash2(vec2(mod(cell, LATTICE), 9.0));
    float mesas = 0.025 + 0.10 * smoothstep(0.02, 0.10, n) + 0.05 * smoothstep(0.20, 0.26, n);
    float houses = 0.10 + 0.36 * h * h, rise = 4.0 * (aside * aside * 0.50 + 0.45 * n);
    float steps = (floor(rise) + smoothstep(0.0, 0.25, fract(rise))) * 0.11;
    return setting < 0.5 ? mesas : (setting < 1.5 ? -1.0 : (setting < 2.5 ? houses : max(steps, 0.03)));
}

// Pieces that fly in arcs and draw smoke behind them, one in each sector: how much smoke (x), how much glow (y).
vec2 trails(vec2 d, float tall, float key, float pixel) {
    d.y += 0.26 / tall * d.x * d.x;  // they fall
    float sector = atan(d.x, max(d.y, -0.3)) * 3.4 + 0.5 * key, cell = floor(sector), h = hash2(vec2(cell + 40.0, key));
    float turn = TIME * (0.075 + 0.05 * h) + fract(h * 7.0), age = fract(turn);
    float again = hash2(vec2(mod(floor(turn), LATTICE), cell + 7.0 * key));
    float r = length(d), reach = tall * (0.75 + 0.65 * fract(again * 5.0)) * sqrt(age), u = r / max(reach, 0.001);
    float ragged = noise2(vec2(r * 9.0, again * 90.0));
    float off = (sector - cell - 0.5 - 0.5 * (again - 0.5)) * r / 3.4 + 0.008 * ragged;
    float wide = tall * (0.004 + 0.026 * (1.0 - u)) * (0.5 + 0.9 * age) * (0.6 + again), soft = max(0.7 * wide, pixel);
    float inside = smoothstep(soft, -soft, abs(off) - wide) * smoothstep(1.02, 0.99, u) * smoothstep(1.0, 0.75, age);
    inside *= step(fract(again * 13.0), 0.2 + 0.8 * debris) * smoothstep(-0.1, 0.05, d.y);
    return inside * vec2(smoothstep(0.3, 0.8, u) * (0.6 + 0.8 * ragged), smoothstep(0.82, 1.0, u) * (1.0 - 0.7 * age));
}

void main() {
    float pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE * pixel, extent = 0.5 * RENDERSIZE * pixel;
    p += vec2(sine(TIME * 13.0), cosine(TIME * 11.0)) * 0.0035 * (bass + pulse) * energy;
    float ground = -0.62 * extent.y, tall = mix(0.68, 1.36, size) * mix(1.0, 1.25, smoothstep(0.6, 0.9, extent.y));
    float setting = floor(fract(seed) * 3.999), at_sea = step(0.5, setting) * step(setting, 1.5), side = sine(25.13 * seed);
    // all of it is seen again in the water, upside down and broken by waves
    float below = max(ground - p.y, 0.0), depth = 0.10 / (below + 0.03);
    vec2 flow = vec2(0.0, TIME * 0.45) * at_sea, stretch = vec2(1.0 - 0.6 * at_sea, 1.0 + 0.6 * at_sea);
    float grit = fbm(vec2(p.x, 1.0) * depth * 9.0 * stretch + 5.0 * seed, flow, below > 0.0 ? clamp(5.0 - depth, 1.0, 4.0) : 0.0);
    float surface = p.y;
    p = at_sea * below > 0.0 ? vec2(p.x + grit * 0.10 * below, ground + max(below * 1.25 + grit * (0.03 + 0.30 * below), 0.0)) : p;
    vec2 d = p - vec2(0.16 * extent.x * side, ground);

    // the day: a torn grey sky, brightest low behind the cloud
    vec3 tint = mix(vec3(1.10, 0.86, 0.60), vec3(0.80, 0.95, 1.15), cold);
    tint *= mix(vec3(0.62, 0.80, 1.45), vec3(1.0), smoothstep(0.0, 0.5, daylight));  // nights are blue
    float noon = smoothstep(0.3, 0.8, daylight);
    vec3 air = tint * mix(0.035, 1.15, daylight * daylight), high = tint * mix(0.010, 0.22, daylight);
    high = mix(high, vec3(0.16, 0.30, 0.56) * mix(1.0, 1.25, cold), 0.85 * noon);  // the blue over a bright horizon
    float up = clamp((p.y - ground) / (extent.y - ground), 0.0, 1.0);
    float torn = fbm(vec2(p.x, p.y * 1.9) * 2.3 + 17.0 * seed, vec2(TIME * 0.035, 0.0), 3.0);
    vec3 heat = glow(0.72) * (0.22 + 0.78 * fire) * 0.30;
    vec3 light = mix(air, high, pow(up, 0.7)) * (1.0 + 1.3 * torn);
    light += heat * (0.25 + 0.6 * max(torn, 0.0)) * exp(-2.2 * length(d - vec2(0.0, 0.4 * tall)));

    // the land far behind, paler the farther
    float place = p.x + 9.0 * seed, land = far_land(place, abs(p.x) / extent.x, setting) * mix(0.8, 1.2, extent.y);
    vec2 pane = vec2(place * 88.0, (p.y - ground) * 70.0), in_pane = abs(fract(pane) - 0.5);
    float lamp = hash2(mod(floor(pane), LATTICE)), town = step(1.5, setting) * step(setting, 2.5);
    float lit_pane = town * step(0.80, lamp) * step(max(in_pane.x * 1.2, in_pane.y), 0.36) * step(pixel, 0.008);
    vec3 far_rock = air * 0.28 + high * 0.15 + heat * 0.22 * exp(-2.5 * length(d)) + vec3(1.0, 0.6, 0.25) * lit_pane * 0.35;
    far_rock *= 1.0 - 0.25 * step(2.5, setting) * step(0.5, fract((p.y - ground) * 9.0 / mix(0.8, 1.2, extent.y)));
    light = mix(light, far_rock, smoothstep(pixel, -pixel, p.y - ground - land));

    vec2 from_heart = d - vec2(0.0, 0.25 * tall);
    vec2 trail = max(trails(from_heart, tall, 3.0, pixel), trails(from_heart, 1.2 * tall, 4.0, pixel));
    light = mix(light, air * 0.16 + high * 0.12 + heat * 0.05, clamp(1.4 * trail.x, 0.0, 0.92));
    light = mix(light, glow(0.55) * fire * (0.4 + treble), 0.9 * trail.y);

    // a ring of vapour that the shock drives outwards
    float spread = fract(TIME * 0.06 + seed), wide = tall * mix(0.45, 1.15, sqrt(spread));
    float ring = (length((d - vec2(0.0, mix(0.42, 0.66, rise) * tall)) / vec2(1.0, 0.24)) / wide - 1.0) * 11.0;
    ring = exp(-ring * ring) * smoothstep(0.0, 0.15, spread) * smoothstep(1.0, 0.4, spread);
    light = mix(light, air * 0.9 + heat * 0.1, ring * (0.12 + 0.5 * noon) * (0.8 + 0.6 * torn));

    // the cloud itself
    vec2 source = vec2(0.0, mix(0.25, 0.55, rise) * tall);
    float bounds = outline(d, tall);
    if (bounds < 0.14) {
        float swirl = noise2(d * 4.0 + vec2(11.0 * seed, -mod(TIME * 0.08, LATTICE)));
        vec2 q = d + 0.035 * vec2(swirl, noise2(d * 4.6 + 31.0 + 7.0 * seed)) * (0.7 + 0.6 * energy);
        vec3 ball = billows((q - source) / (1.0 + 0.03 * pulse) + seed, mix(0.20, 0.115, noon), pixel);  // far off by day
        float deep = -outline(q, tall) + 0.17 * (ball.z - 0.55) + 0.04 * swirl;
        float body = smoothstep(0.0, 0.012 + pixel, deep);
        // its roundness: the rim turns away from us
        vec2 e = vec2(0.012, 0.0);
        vec2 rim = vec2(outline(d + e.xy, tall) - bounds, outline(d + e.yx, tall) - bounds) / e.x;
        vec3 n = normalize(vec3(-0.16 * ball.xy + rim * exp(-max(deep, 0.0) * 9.0), 0.75));
        float open_to = smoothstep(0.15, 0.80, ball.z), from = -0.6 * clamp(4.0 * side, -1.0, 1.0);
        vec3 soot = mix(vec3(0.05), vec3(0.50), 0.35 + 0.4 * (1.0 - fire)) * mix(vec3(1.0), tint, 0.4);
        float lit = clamp(0.25 + dot(n, normalize(vec3(from, 0.75, 0.35))), 0.0, 1.3);
        vec3 smoke = soot * (air * 1.1 * lit + high * (0.6 + 0.4 * n.y)) + heat * (0.40 * clamp(0.3 - n.y, 0.0, 1.0) + 0.22 * max(dot(n.xy, normalize(source - q + 0.001)), 0.0));
        smoke *= open_to;
        // heat: near the middle and low, in patches; its skin is bright where a lump faces us and dark in the creases
        float patches = fbm(q * 3.3 + 5.0 * seed, vec2(0.0, TIME * 0.16), 2.0);
        float core = 1.0 - length((q - source) / (tall * vec2(0.50, 0.55)));
        float hot = mix(-0.50, 0.66, fire) + 1.05 * core + 1.3 * patches + 0.25 * smoothstep(0.2, -0.2, d.y - 0.2 * tall) * fire;
        float temperature = clamp(hot, 0.0, 1.0) * (0.25 + 0.85 * open_to * (0.55 + 0.45 * n.z)) * (1.0 + 0.10 * pulse);
        temperature *= 1.0 + 0.35 * dot(n.xy, normalize(source - q + 0.001));  // lumps face the heart, or hide from it
        smoke *= 1.0 - 0.8 * smoothstep(0.0, 0.5, hot);
        light = mix(light, smoke + 1.15 * glow(clamp(temperature, 0.0, 1.1)), body);
    }
    light += heat * 0.35 * exp(-2.4 * length((d - source) / vec2(1.3, 1.0))) * (1.0 + 0.3 * mid);

    // the plain or the water, and dust or spray that the blast drives over it
    vec3 earth = setting < 0.5 ? vec3(0.34, 0.25, 0.17) : (town > 0.5 ? mix(vec3(0.13, 0.13, 0.12), vec3(0.15, 0.24, 0.07), noon) : vec3(0.24, 0.23, 0.21));
    vec3 soil = earth * (air * 0.8 + high * 0.3 + heat * 2.4 * exp(-1.8 * length(vec2(d.x, 2.0 * below)))) * (0.6 + 1.5 * max(grit + 0.15, 0.0));
    vec3 sea = light * (0.30 + 0.45 * exp(-3.0 * below) + 0.35 * grit) + vec3(0.004, 0.008, 0.012)
        + heat * 0.5 * max(grit, 0.0) * exp(-1.5 * abs(d.x));
    light = mix(light, at_sea > 0.5 ? sea : soil, smoothstep(0.0, 0.008, ground - surface));
    vec2 run = vec2(abs(d.x) * 3.4, d.y * 8.0) + 13.0 * seed;
    float bank = 0.02 + 0.16 * dust * (0.4 + smoothstep(0.0, 0.8, abs(d.x)));
    float cloud = fbm(run, vec2(TIME * 0.5, TIME * 0.05), abs(d.y) < 2.2 * bank ? 4.0 : 0.0);
    float low = abs(d.y + 0.02) / bank - 1.7 * cloud - 0.2 * bass;
    float veil = smoothstep(1.0, -0.3, low) * smoothstep(0.0, 0.2, dust);
    vec3 dust_light = (1.0 + 0.5 * at_sea) * (air * 0.45 + high * 0.3) * (0.6 + 1.1 * cloud) + heat * 0.45 * (0.6 + cloud) * exp(-2.2 * abs(d.x));
    light = mix(light, dust_light, 0.9 * veil);

    // bare trees, rubble, a ship or a digger, black before it
    float ruin = town + 0.6 * step(2.5, setting);
    float floor_line = ground - 0.06 + (0.02 + 0.03 * ruin) * noise2(vec2(p.x * 5.0 + 9.0 * seed, 1.0))
        + 0.012 * (1.0 + ruin) * noise2(vec2(p.x * 31.0, 2.0));
    float lane = p.x * 3.1 + 5.0 * seed, h = hash2(vec2(floor(lane) + 60.0, 3.0));
    float tall_tree = (0.26 + 0.52 * h * h) * mix(0.8, 1.2, extent.y);
    vec2 root = vec2((fract(lane) - 0.5 - 0.3 * (fract(h * 7.0) - 0.5)) / 3.1, p.y - ground + 0.07) / tall_tree;
    float bare = 0.15 + 0.75 * trees - at_sea - step(2.5, setting);
    root.x += 0.02 * root.y * sine(TIME * 1.7 + 9.0 * h) * (1.0 + pulse + bass) + step(bare, fract(h * 37.0)) * 9.0;
    float stand = tree(root, h, pixel / tall_tree);
    float floor_there = smoothstep(pixel, -pixel, p.y - floor_line) * smoothstep(ground - 0.36, ground - 0.14, p.y);
    light = mix(light, soil * 0.55, floor_there * (1.0 - at_sea) * noon);
    stand = max(stand, floor_there * (1.0 - noon));
    float length_of_it = mix(0.46, 0.66, at_sea) * mix(1.0, 0.62, noon) * min(1.0, 0.55 + 0.8 * extent.x);
    float way = side > 0.0 ? 1.0 : -1.0;
    vec2 b = vec2(way * (p.x + way * (0.30 + 0.25 * fract(seed * 31.0)) * extent.x) / length_of_it + 0.5,
        (p.y - ground + 0.07 * (1.0 - at_sea)) / length_of_it);
    float left_there = at_sea > 0.5 ? tanker(b) : (setting > 2.5 ? excavator(b) : -1.0);
    float soft = pixel / length_of_it;
    stand = max(stand * (1.0 - at_sea), smoothstep(-soft, soft, left_there) * step(-0.2, b.y));
    vec3 near_soil = (air * 0.035 + heat * 0.012) * (1.0 + 1.6 * grit) + heat * 0.10 * (0.4 + max(grit, 0.0))
        * exp(-3.0 * abs(d.x)) * smoothstep(floor_line - 0.12, floor_line, p.y) * step(p.y, floor_line);
    // fire shines round the edges
    near_soil += heat * 0.16 * smoothstep(2.0 * soft, 0.0, left_there) * step(0.0, left_there) * exp(-1.5 * length(d));
    light = mix(light, near_soil * (1.0 - 0.4 * at_sea), stand * 0.99);

    // sparks and flakes of ash in the air
    for (int i = 1; i <= 2; i++) {
        float k = float(i), scale = 6.0 + 6.0 * k;
        vec2 grid = (d + 0.03 * vec2(sine(d.y * 7.0 + TIME * 0.7), cosine(d.x * 6.0 + TIME * 0.9))) * scale;
        grid.y -= mod(TIME * (0.5 + 0.4 * k), LATTICE);
        float h = hash2(mod(floor(grid), LATTICE) + 17.0 * k), grain = max(0.015 + 0.06 * h * h, 1.3 * pixel * scale);
        vec2 f = fract(grid) - 0.5 - 0.5 * (vec2(fract(h * 17.0), fract(h * 31.0)) - 0.5);
        float there = step(fract(h * 53.0), 0.05 + 0.32 * debris + 0.25 * treble) * smoothstep(-0.1, 0.1, d.y);
        there *= smoothstep(1.0, 0.6, (abs(f.x + 0.4 * f.y * sine(TIME * 3.0 + 40.0 * h)) + abs(f.y)) / grain);
        vec3 flake = glow(0.85) * (0.3 + 0.9 * fire) * step(0.8 - 0.5 * treble, fract(h * 71.0)) * exp(-2.0 * length(d - source));
        light = mix(light, air * 0.05 + flake, there * 0.85);
    }
    light *= 1.0 - 0.42 * dot(p, p) / dot(extent, extent);
    gl_FragColor = vec4(curve(light * 1.15) + dither(), 1.0);
}
