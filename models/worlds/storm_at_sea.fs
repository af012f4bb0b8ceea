/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A storm at sea: mountains of dark water with torn foam and spray, rain, a low sky and lightning.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "fury", "LABEL": "Fury (swell and foam)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "darkness", "LABEL": "Darkness", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "lightning", "LABEL": "Lightning", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "rain", "LABEL": "Rain", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "glow", "LABEL": "Light at the horizon", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.45},
    {"NAME": "palette", "LABEL": "Colour (steel, green, blood)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.25},
    {"NAME": "spray", "LABEL": "Spray", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "foam", "LABEL": "Foam", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "spout", "LABEL": "Waterspout", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.45},
    {"NAME": "ship", "LABEL": "Ship", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "grain", "LABEL": "Driving spray, as grain", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.15},
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
float cosine(float x) { return sine(x + 1.5707963); }

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

// ---- the storm ----
float pixel, amount, flash, spout_x, place, key, eye, horizon;
vec2 half_size, strike, cloud_drift, origin;
vec3 gleam, murk;

const mat2 VEER = mat2(0.62, 0.78, -0.78, 0.62);
// Height (x) and slope (yz) of waves with narrow crests and wide troughs, all of them round; `octaves` may be broken.
vec3 waves(vec2 q, float octaves) {
    vec3 sum = vec3(0.0);
    vec2 way = vec2(0.36, -0.93);
    float weight = 1.0, often = 0.125, pace = 0.15;
    for (int i = 0; i < MANY; i++) {
        float part = weight * clamp(octaves, 0.0, 1.0);
        float u = 2.0 * fract(dot(way, q) * often + TIME * pace + float(i) * 0.37) - 1.0, uu = u * u;
        sum += part * vec3(uu * (1.5 - 0.5 * uu * uu) - 0.43, (6.0 * often * u * (1.0 - uu * uu)) * way);
        q += way * part * 0.5 * u * (1.0 - uu);  // crests bend where they meet
        weight *= 0.56;
        often *= 1.57;
        pace *= 1.25;
        way = VEER * way * vec2(1.0, 0.8);
        way *= inversesqrt(dot(way, way));
        octaves -= 1.0;
        if (octaves <= 0.0) break;
    }
    return sum;
}

// A stroke of lightning from the clouds to the sea: nearness 0..1 of its thread, and its branches.
float bolt(vec2 at, float top, float key) {
    float bend = 0.0, wide = 0.10, often = 3.1;
    for (int i = 0; i < 5; i++) {
        float y = at.y * often + key * 7.1, cell = floor(y);
        bend += wide * (mix(hash1(cell + key), hash1(cell + 1.0 + key), y - cell) - 0.5);
        wide *= 0.56;
        often *= 2.1;
    }
    float thread = abs(at.x - bend), split = 0.35 * top + 0.4 * top * hash1(key + 3.0);
    float branch = abs(at.x - bend * 1.4 - (split - at.y) * (hash1(key + 5.0) > 0.5 ? 0.55 : -0.5));
    branch += step(split, at.y) * 9.0 + step(at.y, split * 0.35) * 9.0;
    float core = pixel * 0.8 + 0.0008;
    return core / (thread + core) + 0.35 * core / (branch + core) + 0.02 / (thread + 0.06);
}

// A waterspout hangs from the deck: covered (x), lit side (y), and how near the spray at its foot is (z).
vec3 funnel(vec2 at, float top, float size) {
    float t = clamp(at.y / top, 0.0, 1.3);
    at.x += top * (0.22 * sine(t * 2.6 + TIME * 0.33 + seed * 9.0) * t + 0.02 * sine(t * 9.0 - TIME * 2.1)
        + 0.02 * bass * sine(TIME * 5.0));
    float wide = top * size * (0.045 + 0.13 * t + 0.55 * t * t * t * t), u = at.x / wide;
    float torn = fbm(vec2(u * 1.3 + TIME * 0.9, at.y / top * 4.0 - u * 0.8), 3.0) - 0.5;
    float cover = smoothstep(1.0 + 0.5 * t + pixel / wide, 0.80, abs(u) + torn * 0.55 * (0.4 + t));
    float foot = exp(-at.x * at.x / (top * top * 0.030 * size) - max(at.y, 0.0) / (top * 0.14)) * (0.5 + torn);
    return vec3(cover * smoothstep(1.3, 0.95, t) * step(-0.01, at.y), 0.5 - 0.38 * u + torn * 0.7, foot);
}

vec3 sky(vec2 m, float octaves) {
    float up = max(m.y, 0.0);
    vec2 at = vec2(m.x, 0.9) * (0.8 / (up + 0.22)) + cloud_drift;
    vec2 roll = vec2(fbm(at * 0.7, min(octaves, 3.0)), value2(at * 0.9 + 31.0)) - 0.5;
    at = at * vec2(1.3, 2.0) + roll * 1.4;
    float thick = fbm(at, octaves), lit = thick - fbm(at + vec2(0.10, -0.42), octaves - 2.0);
    vec3 deck = murk * (0.22 + 1.3 * smoothstep(0.25, 0.75, thick)) * (0.75 + 3.0 * clamp(lit, -0.25, 0.4));
    vec2 puff_at = m * vec2(2.6, 4.2) + cloud_drift * vec2(0.7, 0.2);  // beneath the deck, bright towers far off
    float puff = fbm(puff_at + roll * 0.8, min(octaves, 5.0)),
        puff_lit = puff - fbm(puff_at + roll * 0.8 + vec2(-0.18, 0.30), min(octaves, 3.0));
    vec3 gap = murk * (0.8 + 1.6 * puff)
        + gleam * (0.25 + 1.0 * smoothstep(0.30, 0.75, puff) + 2.2 * clamp(puff_lit, -0.12, 0.3))
        * (0.35 + 0.8 * exp(-up * 4.0));
    float edge = 0.17 + 0.16 * (value2(vec2(m.x * 1.3 + cloud_drift.x * 0.6, 4.0)) - 0.5);
    vec3 c = mix(gap, deck, smoothstep(-0.07, 0.10, up - edge + (thick - 0.5) * 0.30));
    vec3 spout_at = funnel(m - vec2(spout_x, 0.0), edge + 0.16, 0.35 + 0.95 * spout);
    float there = smoothstep(0.04, 0.22, spout);
    c = mix(c, murk * (0.16 + 0.95 * clamp(spout_at.y, 0.0, 1.2)) + gleam * 0.10 * clamp(spout_at.y, 0.0, 1.0),
        spout_at.x * there * 0.96);
    c = mix(c, murk * 2.2 + gleam * 0.30, clamp(spout_at.z * 1.5, 0.0, 0.9) * there);
    float from_strike = length((m - strike) * vec2(1.0, 0.8));
    c += vec3(0.55, 0.62, 1.0) * flash * thick * (0.9 * exp(-from_strike * 7.0) + 0.05);
    return c;
}

// A freighter with a list, 1 inside: hull, bridge, funnel, masts. `q` in its own length, on its own keel.
float freighter(vec2 q, float soft) {
    float lapped = 0.03 - 0.006 * (sine(q.x * 19.0 + TIME) + sine(q.x * 47.0 - TIME * 1.7));
    float hull = min(min(q.y + lapped, 0.085 + 0.05 * q.x * q.x * step(0.0, q.x) * 4.0 - q.y),
        min(0.46 + 0.35 * q.y - q.x, q.x + 0.47));
    float bridge = min(min(q.y, 0.20 - q.y), 0.075 - abs(q.x + 0.30));
    float stack = min(min(q.y, 0.27 - q.y), 0.026 - abs(q.x + 0.33 + 0.10 * q.y));
    float mast = min(min(q.y, 0.30 - 0.5 * abs(q.x - 0.08) - q.y), 0.010 - min(abs(q.x - 0.02), abs(q.x - 0.26)));
    float boom = min(0.008 - abs(q.y - 0.10 - abs(q.x - 0.14) * 0.9), min(q.x - 0.0, 0.28 - q.x));
    return smoothstep(-soft, soft, max(max(max(hull, bridge), max(stack, mast)), boom));
}

float streaks(vec2 p, float scale, float key) {  // rain: thin, slanted, each fading in and out along its way
    vec2 r = vec2(p.x * scale - p.y * scale * 0.22, p.y * scale * 0.10 + TIME * (2.6 + 0.3 * key));
    float column = floor(r.x), jump = hash1(column + key * 31.0);
    float along = fract(r.y + jump * 7.0), across = abs(fract(r.x) - 0.5);
    float wide = max(0.07, 1.2 * pixel * scale);
    return smoothstep(wide, 0.0, across) * smoothstep(0.0, 0.35, along) * smoothstep(0.55, 0.35, along)
        * step(0.35, hash1(column + floor(r.y + jump * 7.0) * 13.0)) * min(1.0, 0.07 / wide * 2.0);
}

// How far a ray that climbs by `up` is over the swell at the distance `z` (x), and how fast that grows with `z` (y).
// The swell is lower before the eye, which it would drown; far off, only its longest waves are left.
vec2 clearance(vec2 across, float up, float z, vec2 from) {
    float tall = amount * min(0.25 + 0.30 * z, 1.0) / (1.0 + z * z * 0.0016);
    vec3 wave = waves(across * z + from, clamp(3.6 - 0.7 * log2(z), 1.0, 3.0));
    return vec2(eye + up * z - wave.x * tall, up - dot(wave.yz, across) * tall);
}

// What is seen at `p`, and how much of the pixel it covers (w): at crests, what lies behind them shows as well.
vec4 look(vec2 p) {
    float up = p.y - horizon;

    // The water: steps to the first place under the swell. Where the ray passes a crest between two steps, the next one
    // goes back to the crest.
    vec2 across = vec2(p.x, 1.0),
        from = origin + vec2(value2(across * 0.36 / max(0.12 - up, 0.04) + origin * 0.4) * 1.4, 0.0);
    float z = 0.75 / (half_size.y + 0.2), before = z, turned = 0.0;
    vec2 over = clearance(across, up, z, from), was = over;
    for (int i = 0; i < MANY; i++) {
        bool passed = was.y < 0.0 && over.y > 0.0 && turned < 0.5;
        float crest_z = mix(before, z, was.y / min(was.y - over.y, -0.0001));
        passed = passed && was.x + 0.5 * was.y * (crest_z - before) < 0.02 * z;
        turned = passed ? 1.0 : 0.0;
        before = passed ? before : z;
        was = passed ? was : over;
        z = passed ? crest_z : z + 0.15 * z + 0.8 * over.x;
        over = clearance(across, up, z, from);
        if (over.x < 0.0 || eye + up * z > amount * 1.2 || i > 15) break;
    }
    float under = step(over.x, 0.0);
    for (int i = 0; i < 2; i++) {  // down the slope of what is still above: a crest is round, so that this stays above it
        float guess = clamp(before + was.x / max(-was.y, 0.0001), mix(before, z, 0.02), mix(before, z, 0.95));
        vec2 there = clearance(across, up, guess, from);
        bool above = there.x > 0.0;
        before = above ? guess : before;
        was = above ? there : was;
        z = above ? z : guess;
        over = above ? over : there;
    }
    z = mix(before, z, clamp(was.x / max(was.x - over.x, 0.0001), 0.0, 1.0));
    // A ray that is so deep in a crest, at such a slope, passes so far under the crest's edge. Far off, edges lie closer
    // than pixels, and only those before the sky are seen.
    float bend = 2.2 * amount / (1.0 + z * z * 0.0016),
        under_edge = max((over.y * over.y / (2.0 * bend) - over.x) / z, max(-up, 0.0) * smoothstep(6.0, 14.0, z));
    float cover = mix(1.0, smoothstep(0.0, 1.5, under_edge / pixel), under);
    float far_sea = smoothstep(0.001, -0.001 - pixel, up) * (1.0 - under);
    float is_sea = max(under, far_sea);
    z = mix(z, min(eye / max(-up, 0.02), 60.0), far_sea);
    vec2 q = vec2(p.x, 1.0) * z;

    float meets = sqrt(2.0 * bend * max(under_edge, pixel) * z);  // ray and water: the slope between them is small at crests
    meets = min(mix(1.0, meets, under), 1.0 / z);
    float reach = clamp(-1.58 * log2(0.75 * z * pixel / meets), 0.0, 9.0) * is_sea;
    vec2 bent = (vec2(value2(q * 1.3 + origin), value2(q * 1.1 - origin + 7.0)) - 0.5) * 0.5;
    vec3 wave = waves(q + from + bent, max(reach, 1.0));
    float fine = clamp(reach * 1.1 - 4.0, 0.0, 4.0);
    vec2 at = q * vec2(4.0, 2.6) + origin * vec2(1.0, 3.0) + bent * 2.0;
    float rip = fbm(at, fine);
    vec2 slope = wave.yz * amount + (vec2(fbm(at + vec2(0.35, 0.0), fine), fbm(at + vec2(0.0, 0.35), fine)) - rip)
        * (1.3 + 0.6 * mid) * clamp(fine, 0.0, 1.0);
    vec3 ray = normalize(vec3(p.x, up, 1.0)), n = normalize(vec3(-slope.x, 1.0, -slope.y));
    float facing = -dot(ray, n), grazing = 1.0 - 0.5 * (facing + sqrt(facing * facing + 0.06));
    float dull = 1.0 - reach / 9.0;  // far off, facets too small to be seen
    float fresnel = 0.03 + mix(0.62, 0.35, dull) * grazing * grazing * grazing * grazing;
    vec3 thrown = reflect(ray, n);

    vec3 c = sky(vec2(p.x, up), mix(4.6, 0.0, is_sea));
    // The sky that the water mirrors: light low down, dark overhead.
    float lifted = 0.5 * (thrown.y + sqrt(thrown.y * thrown.y + 0.03));
    vec3 mirrored = mix(gleam * 0.9 + murk * 1.5, murk * 0.9 + gleam * 0.08, smoothstep(0.05, 0.75, lifted))
        * (0.55 + 0.9 * value2(thrown.xy * 2.2 + cloud_drift)) + vec3(0.55, 0.62, 1.0) * flash * 0.10;

    vec2 at_strike = vec2(p.x - strike.x, up);
    float stroke = bolt(at_strike, strike.y, key) * smoothstep(0.52 * half_size.y, 0.25 * half_size.y, up) * (1.0 - is_sea);
    c += vec3(0.75, 0.82, 1.0) * stroke * flash * 2.2;

    // Dark water; thin crests let light through, what breaks is white and runs down the front in threads.

    vec3 deep = murk * vec3(0.10, 0.26, 0.28) + gleam * vec3(0.004, 0.012, 0.010);
    float crest = smoothstep(0.05, 0.75, wave.x / 1.3), front = clamp(0.35 - slope.y * 1.4, 0.0, 1.0);
    vec3 water = deep + (murk * vec3(0.25, 0.75, 0.62) + gleam * vec3(0.05, 0.16, 0.13)) * crest * front * 1.3;
    water = mix(water, mix(mirrored, vec3(dot(mirrored, vec3(0.33))), 0.1) * 0.8, fresnel);
    vec2 run = q * vec2(3.2, 1.3) + bent * 2.0 + origin * vec2(1.0, 1.4);
    float lace = mix(0.5, fbm(run + (rip - 0.5) * 1.5, min(fine + 1.5, 5.0)), smoothstep(3.0, 6.5, reach));
    float threads = 1.0 - abs(2.0 * fbm(run * 3.1 + 5.0, max(fine - 1.0, 1.0)) - 1.0);
    float torn = lace * 0.75 + 0.55 * mix(0.5, threads, clamp(fine - 0.5, 0.0, 1.0)) * smoothstep(0.3, 0.6, lace);
    float near = clamp(reach * 0.3 - 0.4, 0.0, 1.0);
    float burst = crest * 0.50 + 0.20 * foam + 0.10 * fury + 0.08 * pulse * crest;
    float white = near * smoothstep(1.02, 1.42, burst + torn * 0.95);
    white = max(white, 0.9 * smoothstep(0.75 - 0.25 * foam, 1.0, crest) * smoothstep(0.36, 0.66, lace + 0.10 * foam));
    vec3 white_colour = murk * 5.5 + gleam * 0.55 + vec3(0.5, 0.6, 1.0) * flash * 0.25;
    water = mix(water, white_colour * (0.45 + 0.75 * lace), clamp(white, 0.0, 1.0) * 0.92);

    // Spray and rain veil what is far; gusts of it tear off the crests.
    vec3 veil = murk * 1.7 + gleam * 0.35;
    float gust = fbm(vec2(p.x * 2.2 - TIME * 0.5 + place, p.y * 5.0 + p.x * 1.5 - TIME * 0.12), 4.0);
    float depth = 1.0 - exp(-z * (0.03 + 0.09 * spray));
    float blown = exp(-max(under_edge, 0.0) * (150.0 - 90.0 * spray) - z * 0.05) * under
        * smoothstep(0.30, 0.75, gust + 0.25 * crest);
    water = mix(water, veil, max(depth * (0.4 + 0.6 * gust), blown * (0.35 + 0.5 * spray)));
    c = mix(c, water, is_sea);

    // A ship pitches among the waves, listing.
    vec2 at_ship = p - vec2(-spout_x * 0.75 - 0.10 * sign(spout_x), horizon - 0.022 + 0.010 * sine(TIME * 0.8 + place));
    float list = (0.06 + 0.07 * sine(TIME * 0.63) + 0.10 * fury) * sign(spout_x), beyond = max(1.0 - is_sea, step(11.0, z));
    vec2 on_ship = mat2(cosine(list), -sine(list), sine(list), cosine(list)) * at_ship / (0.42 * min(half_size.x, 0.7));
    float seen = freighter(on_ship, 2.5 * pixel) * smoothstep(0.05, 0.2, ship) * beyond;
    c = mix(c, murk * 0.14 + veil * 0.30 * smoothstep(0.8, 0.1, ship), seen);
    float drifting = smoothstep(0.52, 0.85, gust + 0.15 * pulse) * exp(-abs(up + 0.02) * 7.0) * (0.25 + 0.75 * spray);
    c = mix(c, veil * 1.6 + murk, drifting * 0.7);
    return vec4(c, cover);
}

void main() {
    half_size = 0.5 * RENDERSIZE / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * 2.0 * half_size;
    pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    place = seed * 97.0;
    cloud_drift = vec2(TIME * 0.06 + place, TIME * 0.05);

    // Colour of the storm, and its lightning: at most one stroke in two seconds, that glows up and dies away.
    vec3 steel = vec3(0.055, 0.070, 0.090), green = vec3(0.054, 0.066, 0.058), blood = vec3(0.062, 0.046, 0.046);
    murk = mix(mix(steel, green, smoothstep(0.1, 0.5, palette)), blood, smoothstep(0.6, 0.95, palette));
    gleam = mix(mix(vec3(0.42, 0.52, 0.60), vec3(0.52, 0.54, 0.43), smoothstep(0.1, 0.5, palette)), vec3(0.72, 0.27, 0.13),
        smoothstep(0.6, 0.95, palette));
    murk *= mix(0.95, 0.20, darkness);
    gleam *= glow * mix(0.70, 0.30, darkness);
    float beat = floor(TIME / 2.3 + place), since = fract(TIME / 2.3 + place) * 2.3;
    key = hash1(beat) * 83.0;
    flash = smoothstep(0.0, 0.12, since) * exp(-max(since - 0.12, 0.0) * 2.6)
        * (0.75 + 0.25 * sine(since * 31.0) * exp(-since * 3.0));
    flash *= smoothstep(0.0, 0.3, lightning - 0.75 * hash1(beat + 9.0)) * (0.8 + 0.4 * lightning) + 0.12 * pulse * lightning;
    spout_x = half_size.x * 0.55 * sine(place * 0.7 + 0.6) + 0.03 * sine(TIME * 0.11);
    strike = vec2((hash1(beat + 4.0) - 0.5) * 1.5 * half_size.x, 0.30 * half_size.y);

    // The eye rides the swell, and rolls.
    amount = mix(0.5, 1.45, fury) * (0.85 + 0.2 * energy + 0.2 * bass);
    origin = vec2(place, -TIME * 0.2);
    float ride = waves(origin + vec2(0.0, 0.4), 2.0).x * amount;
    eye = ride * 0.6 + 0.75 + 0.22 * amount;
    float roll = (0.035 + 0.05 * fury) * sine(TIME * 0.53 + place) + 0.01 * pulse;
    p = mat2(cosine(roll), sine(roll), -sine(roll), cosine(roll)) * p;
    horizon = half_size.y * 0.16 - ride * 0.05 + 0.015 * bass;
    vec3 c = vec3(0.0);
    float left = 1.0;
    for (int i = 0; i < MANY; i++) {  // twice, where a crest covers a part of the pixel
        vec4 seen = look(p + vec2(0.0, 2.0 * pixel * float(i)));
        float part = i > 0 ? left : left * seen.a;
        c += seen.rgb * part;
        left -= part;
        if (left < 0.02 || i > 0) break;
    }
    c /= 1.0 - left;
    float wet = streaks(p, 26.0, 1.0) * 0.9 + streaks(p + 0.37, 44.0, 2.0) * 0.6;
    c += (murk * 1.7 + gleam * 0.12) * wet * rain * (0.8 + 0.6 * treble);

    c *= 1.0 - 0.42 * dot(p, p) / dot(half_size, half_size);
    // Spray so fine that it is grain, as on fast film: it drives over the picture and takes the colour out of it.
    float cell = max(2.2 * pixel, 0.0030);
    float grit = value2((p + vec2(TIME * 0.11, -TIME * 0.04)) / cell) - 0.5;
    c = mix(vec3(dot(c, vec3(0.25, 0.6, 0.15))) * mix(vec3(1.0), vec3(1.12, 0.98, 0.92), grain), c, 1.15 - 0.85 * grain);
    c = curve(max(c, 0.0) * 1.7);
    c += grit * 0.17 * grain * grain * (0.35 + c.g);
    gl_FragColor = vec4(c + dither(gl_FragCoord.xy), 1.0);
}
