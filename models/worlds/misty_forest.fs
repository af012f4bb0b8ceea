/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A walk through a forest in mist: trunks and boughs pale with distance, and shafts of light fall between them; flowers where it is glad, rain on dead trees where it is not.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "light", "LABEL": "Light (moonlit night to morning sun)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "haze", "LABEL": "Mist", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "warmth", "LABEL": "Warmth of the light", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "shafts", "LABEL": "Shafts of light", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "density", "LABEL": "Trees", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "palette", "LABEL": "Season (winter, green, autumn)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "gloom", "LABEL": "Glad to gloomy (flowers; dead trees)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "wind", "LABEL": "Wind", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "height", "LABEL": "Height of the sun or moon", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
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

// ---- the forest: it is walked through, along a path that winds; 1 is about four metres ----
const float EYE = 0.42, STEP = 1.75, WIDE = 0.66;  // over the ground; from one row of trees to the next; from tree to tree
float pixel, place, winter, autumn, bare, glad, gust;

float path_x(float z) { return 0.55 * sine(z * 0.42 + place) + 0.20 * sine(z * 0.93 + 2.0 * place); }

// One row of trees at `w` (y over the ground): covered (x), by leaves and not by wood (y), place across the trunk (z,
// -1..1), and which tree (w). None stands near `clear`, where the path is. `rough`: noise in clumps (x), and finer (y).
vec4 grove(vec2 w, float clear, float key, float soft, vec2 rough) {
    float cell = floor(w.x / WIDE - 0.5);
    vec4 found = vec4(0.0);
    for (int i = 0; i <= 1; i++) {  // no bough reaches further than to the second next tree
        float c = cell + float(i), r = hash1(c * 1.3 + key), g = fract(r * 61.7), h = fract(r * 137.3);
        float root = (c + 0.5 + 0.6 * (r - 0.5)) * WIDE, tall = 1.7 + 1.6 * g, v = w.y / tall;
        float there = step(h, 0.45 + 0.55 * density) * step(0.24, abs(root - clear)), firs = step(0.5, fract(h * 7.3));
        float off = w.x - root - (g - 0.5) * (0.14 + 0.24 * bare) * w.y
            - (0.010 + 0.035 * bare) * sine(w.y * (3.0 + 3.0 * g) + r * 20.0) * (w.y + 0.2) - 0.006 * gust * w.y * w.y;
        float d = abs(off), left = step(0.0, off);
        float girth = (0.020 + 0.055 * h * h) * (1.0 - 0.8 * v) + 0.010 / (0.25 + max(w.y, 0.0) * 12.0);
        float wood = smoothstep(soft, -soft, d - girth);
        // Boughs: those of firs hang, others rise; the lowest are dead and short.
        float curved = mix(0.62 - 0.35 * d, -0.42 + 0.55 * d, firs) * d, between = mix(0.17, 0.10, firs);
        float level = (w.y - curved) / between + 7.0 * r + 0.5 * left, row = floor(level), f = level - row - 0.5;
        float n = hash1(row * 1.7 + 13.0 * left + 91.0 * r);
        float crown = smoothstep(0.30 + 0.35 * g, 0.75 + 0.5 * g, w.y) * sqrt(max(1.0 - v, 0.0));
        float along = d / (WIDE * 0.64 * (0.3 + 0.7 * n) * max(crown, 0.22 * step(0.15 + 0.5 * h, w.y)) + 0.0001);
        float bough = (f + 0.35 * (rough.x - 0.5)) * between;
        wood = max(wood, smoothstep(soft, -soft, abs(bough) - 0.011 * (1.0 - along))) * step(v, 1.0);
        float full = mix((1.0 - winter) * (1.0 - 0.3 * autumn), 1.0, firs) * (1.0 - bare) * min(crown * 4.0, 1.0);
        float dense = 1.05 * full - along * along - 1.1 * abs(f + 0.18 * firs) + 0.9 * (rough.x - 0.5) + 1.3 * (rough.y - 0.5);
        float leaf = smoothstep(0.0, 0.16 + 5.0 * soft, dense) * min(full * 5.0, 1.0);
        float cover = max(wood, 0.95 * leaf) * there;
        if (cover > found.x) found = vec4(cover, leaf * step(girth * 0.9, d) * (1.0 - 0.7 * wood), off / girth, r + firs);
    }
    return found;
}

// A fern: fronds that bow outwards from its root, with leaflets on both sides. `d` in its own height.
float fern(vec2 d, float key, float soft) {
    float r = length(d), bow = 1.0 + 0.8 * r * r, turned = d.x / (abs(d.x) + abs(d.y) + 0.001);  // -1..1 from left to right
    turned = 1.57 * (d.y < 0.0 ? sign(d.x) * 2.0 - turned : turned);
    float u = turned / bow * 3.4 + 0.5 + key, id = floor(u);
    float across = abs(u - id - 0.5) / 3.4 * r * bow, grown = (0.65 + 0.4 * hash1(id + 31.0 * key)) * step(abs(id), 4.0);
    float leaflet = 0.35 + 1.3 * abs(fract(r * 13.0 - across * 8.0) - 0.5);
    float width = 0.19 * max(1.0 - r / grown, 0.0) * smoothstep(0.0, 0.25, r) * leaflet + 0.008 * step(r, grown);
    return smoothstep(soft, -soft, across - width) * step(r, grown);
}

void main() {
    vec2 half_size = 0.5 * RENDERSIZE / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * 2.0 * half_size;
    pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    place = seed * 97.0;
    winter = smoothstep(0.26, 0.08, palette);
    autumn = smoothstep(0.62, 0.90, palette);
    bare = smoothstep(0.50, 0.90, gloom);
    glad = smoothstep(0.50, 0.10, gloom);
    gust = wind * (1.0 + bass) * sine(TIME * 0.8 + 4.0 * p.x);
    float horizon = 0.30 - 0.7 * half_size.y, walked = TIME * 0.10 + 5.0 * seed, high = p.y / half_size.y;
    p += 0.004 * vec2(sine(walked * 5.0), sine(walked * 10.0 + 1.0));

    // Light: by day the sun, by night the moon; the mist has it from them.
    float damp = haze * (1.0 - 0.5 * glad), day = smoothstep(0.16, 0.55, light), sad = smoothstep(0.30, 0.85, gloom), lush = glad * day * (1.0 - winter);
    float sunny = mix(0.55, 1.0, day) * (1.0 - 0.80 * sad) * (1.0 + 0.25 * glad);
    vec3 beam = mix(vec3(0.95, 0.98, 0.92), vec3(1.30, 0.66, 0.22), warmth) * mix(vec3(1.0), vec3(0.80, 0.92, 1.12), winter);
    vec3 moon = mix(vec3(0.24, 0.36, 0.58), vec3(0.40, 0.10, 0.035), warmth * warmth * bare);
    beam = mix(moon, mix(beam, vec3(1.38, 0.86, 0.30), 0.45 * glad), day);
    vec3 mist = mix(vec3(0.34, 0.45, 0.42), vec3(0.55, 0.43, 0.29), clamp(0.55 * autumn + 0.65 * warmth - 0.2, 0.0, 1.0));
    mist = mix(mist, vec3(0.46, 0.53, 0.62), 0.7 * winter) * mix(0.45, 1.0, day);
    mist = mix(mix(vec3(0.020, 0.038, 0.070), 0.25 * moon, bare), mist, day);
    mist = mix(mist, dot(mist, vec3(0.33)) * vec3(0.86, 0.99, 1.10), 0.9 * sad) * (1.0 - 0.45 * sad);
    mist = mix(mist, mix(vec3(0.38, 0.54, 0.22), vec3(0.62, 0.50, 0.16), warmth), 0.6 * lush);
    vec3 green = mix(vec3(0.040, 0.085, 0.018), vec3(0.014, 0.034, 0.018), smoothstep(0.75, 0.2, palette));
    green = mix(green * mix(vec3(1.0), vec3(1.6, 1.8, 1.0), lush), vec3(0.055, 0.060, 0.058), bare);
    vec3 turned = mix(green * 1.5, vec3(0.42, 0.12, 0.010), autumn);
    vec2 sun = vec2(half_size.x * 0.34 * sine(place * 0.7 + 0.6), mix(horizon + 0.10, half_size.y * 0.72, height));
    vec2 ray = p - sun;
    float from_sun = length(ray), glow = 0.42 / (1.0 + from_sun * from_sun * 9.0) + 0.030 / (from_sun * from_sun + 0.030);
    glow *= 1.0 + 0.15 * pulse;

    // Banks of mist drift; the sky behind them is where the light comes from.
    vec2 bank_at = vec2(p.x * 1.3 - TIME * 0.05 + place, p.y * 3.4 + TIME * 0.02);
    float bank = fbm(bank_at + (value2(bank_at * 0.8 + 3.0) - 0.5) * 1.6, 3.0);
    vec3 air = mist * (0.26 + 0.55 * bank) * mix(vec3(1.05, 0.95, 0.85), vec3(0.92, 1.12, 1.25), 0.5 + 0.5 * high)
        + beam * glow * sunny * 1.20;
    air = mix(air, vec3(0.20, 0.46, 0.85), 0.85 * glad * day * (1.0 - 0.7 * damp) * smoothstep(0.1, 1.0, high));  // blue between the crowns
    float disc = smoothstep(0.040 + pixel, 0.040 - pixel, from_sun) * (1.0 - sad);
    vec3 c = air + beam * disc * mix(1.2 - 0.5 * value2(ray * 60.0), 1.5, day);

    // The ground: moss, leaves or snow, a trodden path.
    float below = max(horizon + 0.012 * sine(p.x * 3.0 + place) - p.y, 0.0), z = EYE / (below + 0.02);
    vec2 q = vec2(p.x * z + path_x(walked), z + walked);
    float fineness = clamp(-log2(z * z * pixel * 9.0), 0.0, 4.0);
    float lumps = value2(q * vec2(2.2, 3.0)), litter = fbm(q * vec2(6.0, 8.0), min(0.4 + fineness, 2.0));
    float trodden = smoothstep(0.24, 0.10, abs(q.x - path_x(q.y) + 0.08 * (litter - 0.5)));
    vec3 fallen = mix(vec3(0.050, 0.034, 0.020), vec3(0.26, 0.090, 0.014), autumn);
    vec3 floor_colour = mix(green * 1.1, fallen, 0.5 * lumps + 0.5 * autumn);
    floor_colour = mix(floor_colour, vec3(0.075, 0.056, 0.040), 0.75 * trodden) * (0.25 + 1.5 * litter * litter + 0.4 * lumps);
    floor_colour = mix(floor_colour, vec3(0.50, 0.54, 0.60) * (0.7 + 0.4 * litter), winter * (0.9 - 0.35 * trodden));
    vec2 bed = q * vec2(17.0, 12.0), root_at = floor(bed);  // flowers, of one kind in one place
    float bud = hash2(root_at), kind = fract(1.9 * lumps + 0.2 * bud);
    float bloom = smoothstep(1.0, 0.4, length(bed - root_at - 0.25 - 0.5 * vec2(fract(bud * 31.0), fract(bud * 57.0))) / (0.12 + 0.14 * fract(bud * 91.0)))
        * step(bud + 0.02, 1.1 * lush * (1.0 - autumn) * smoothstep(0.25, 0.75, lumps)) * smoothstep(0.3, 1.2, fineness) * (1.0 - trodden);
    floor_colour = mix(floor_colour, kind < 0.4 ? vec3(0.34, 0.22, 0.85) : (kind < 0.7 ? vec3(0.95, 0.92, 0.80) : vec3(1.0, 0.70, 0.05)), bloom);
    float dapple = smoothstep(0.5, 0.8, value2(q * vec2(2.7, 1.9) + 9.0)) * (0.25 + 0.75 * shafts);
    vec3 lit = 1.5 * mist + beam * sunny * (0.30 * glow + 0.9 * dapple * exp(-2.0 * abs(ray.x)));
    float thick = mix(0.04, 0.28, damp * damp * 0.6 + 0.4 * damp), low_mist = (0.15 + 0.8 * damp) * bank;
    c = mix(c, mix(air, floor_colour * lit, exp(-thick * z) * (1.0 - 0.7 * low_mist * exp(-5.0 * below))),
        smoothstep(0.0, 0.01, below));

    // Shafts: bands around the sun, cut by crowns, that wander.
    float turn = ray.x / (abs(ray.y) + 0.08 + 0.30 * from_sun) * 3.0;
    float bands = 0.6 * value2(vec2(turn * 1.9 + place + TIME * 0.04, TIME * 0.06))
        + 0.4 * value2(vec2(turn * 5.7 - TIME * 0.06, 7.0 + TIME * 0.08));
    float beams = smoothstep(0.40 - 0.05 * bass, 0.80, bands) * smoothstep(0.06, -0.25, ray.y) * smoothstep(1.5, 0.1, from_sun)
        * shafts * sunny * (1.0 - sad) * (0.45 + 0.7 * bank) * mix(0.5, 1.1, haze);
    vec3 shaft_light = beam * beams * (0.50 + 0.25 * mid);

    // Rows of trees, each nearer, darker and larger; mist between them, and bushes at their feet.
    float came = fract(walked / STEP), turn_of = floor(walked / STEP);
    for (int i = 0; i < 4; i++) {
        float depth = 0.55 + STEP * (4.0 - float(i) - came), key = mod((turn_of + 4.0 - float(i)) * 37.0, 997.0);
        vec2 w = vec2(p.x * depth + path_x(walked), (p.y - horizon) * depth + EYE + 0.04 * sine(p.x * depth * 2.0 + key));
        float soft = pixel * depth + 0.0015 + 0.010 * smoothstep(1.2, 0.6, depth);
        float clear = path_x(walked + depth), clump = value2(w * vec2(7.0, 9.0) + key);
        float fine = value2(w.xy * 31.0 + w.yx * vec2(23.0, -23.0) + key);
        vec4 tree = grove(w, clear, key, soft,
            vec2(clump, mix(0.5, 1.0 - abs(2.0 * fine - 1.0), smoothstep(0.04, 0.010, soft))));
        float edge = max(1.0 - tree.z * tree.z, 0.0), toward = smoothstep(-0.6, 1.0, tree.z * sign(sun.x - p.x));
        float bark = 0.9 * abs(fract(tree.z * 2.3 + tree.w * 9.0 + 2.6 * clump + w.y) - 0.5) + 0.55 * fine;
        float fog = 1.0 - exp(-thick * depth), at_foot = exp(-max(w.y, 0.0) * 3.0) * low_mist;
        vec3 wood = mix(vec3(0.050, 0.040, 0.032), green, 0.5 * smoothstep(0.5, 0.8, bark)) * (0.25 + 1.2 * bark * (0.4 + edge));
        wood = mix(wood, vec3(0.35, 0.38, 0.42), winter * 0.6 * smoothstep(0.55, 0.8, bark));
        wood *= 1.2 * mist + beam * sunny * toward * (1.4 - edge) * (0.15 + 1.3 * glow);
        vec3 leaf = mix(turned, mix(green, vec3(0.30, 0.33, 0.36), 0.5 * winter), step(1.0, tree.w));
        leaf *= 1.3 * mist + beam * sunny * (0.14 + 1.9 * glow) * (0.25 + 1.5 * fine);
        float blades = abs(fract(w.x * 21.0 + 3.0 * clump + 2.0 * w.y) - 0.5) + abs(fract(w.x * 13.0 - 2.0 * clump) - 0.5);
        float brush = (0.03 + 0.19 * clump * clump) * (0.45 + 0.9 * blades + 0.4 * fine)
            * smoothstep(0.12, 0.35, abs(w.x - clear));
        float bush = smoothstep(soft, -soft, w.y - brush) * smoothstep(-0.04, 0.03, w.y) * (1.0 - 0.8 * winter);
        vec3 herbs = mix(green, turned, 0.6) * (0.30 + 7.0 * max(w.y, 0.0)) * (0.5 + fine)
            * (1.1 * mist + beam * sunny * (0.10 + 0.7 * glow));
        vec3 seen = mix(mix(wood, leaf, tree.y), herbs, bush);
        float nearest = smoothstep(0.55, 0.95, depth), standing = max(tree.x * smoothstep(-0.02, 0.0, w.y), bush);
        c = mix(c, mix(seen, air, clamp(fog + at_foot * (1.0 - fog), 0.0, 1.0)), standing * nearest);
        c += shaft_light * (i < 3 ? 0.32 : 0.0);  // more of it the more mist lies before
    }

    // Ferns at both sides of the path.
    for (int i = 0; i < MANY; i++) {
        float row = floor(0.5 * float(i)), depth = 1.25 - 0.22 * row, wide = 0.34, x = p.x * depth + path_x(walked) + 5.0 * row;
        float cell = floor(x / wide - 0.5) + mod(float(i), 2.0), r = hash1(cell + 61.0 * row);
        vec2 d = vec2(x - (cell + 0.25 + 0.5 * r) * wide, (p.y - horizon) * depth + EYE - 0.04 * row);
        float size = (0.16 + 0.12 * fract(r * 17.0)) * (1.0 - 0.5 * winter);
        d.x -= 0.05 * wind * d.y * sine(TIME * 1.1 + r * 30.0);
        float inside = fern(d / size, r, 1.5 * pixel * depth / size) * step(0.35, fract(r * 31.0));
        inside *= smoothstep(0.20, 0.34, abs(x - 5.0 * row - path_x(walked + depth))) * (1.0 - winter);
        vec3 frond = mix(green, turned, 0.5) * (0.15 + 1.6 * clamp(d.y / size, 0.0, 1.0))
            * (1.3 * mist + beam * sunny * (0.12 + 0.8 * glow));
        float shade = smoothstep(0.9, 0.2, length(d / size * vec2(1.0, 1.6))) * step(0.35, fract(r * 31.0)) * (1.0 - winter);
        c = mix(c * (1.0 - 0.5 * shade), mix(frond, air, 0.25 * low_mist), inside);
        if (i > 2 || p.y > horizon - 0.06) break;  // last: a renderer in software runs through what follows a `break`
    }

    // What hangs in the air: dust in the light, leaves that fall, snow; by night fireflies.
    float sinking = mix(-0.06, 0.8, max(winter, 0.6 * autumn));
    vec2 mote_at = p * 11.0 + vec2(TIME * 0.10 + 0.4 * sine(TIME * 0.4 + p.y * 5.0), TIME * sinking);
    vec2 cell = floor(mote_at);
    float r = hash2(cell + 5.0), off = length(mote_at - cell - 0.25 - 0.5 * vec2(fract(r * 71.0), fract(r * 133.0)));
    float mote = smoothstep(max(0.09, 22.0 * pixel), 0.0, off), blink = 0.5 + 0.5 * sine(TIME * (1.0 + r * 2.0) + r * 50.0);
    c += beam * mote * step(0.55, r) * (0.10 + 0.5 * beams + 0.25 * glow + 0.25 * winter) * sunny * day
        * (0.3 + 0.4 * energy + treble);
    float fly = step(0.72, r) * (1.0 - day) * (1.0 - winter) * (1.0 - bare) * smoothstep(0.35, -0.1, high);
    c += vec3(0.55, 0.75, 0.12) * fly * blink * blink * (mote + 0.25 * smoothstep(0.35, 0.0, off)) * (0.5 + treble);
    vec2 fall = vec2(p.x * 52.0 + p.y * 9.0, p.y * 6.0 + 9.0 * mod(TIME, 600.0));  // it rains where all is dead, and does not freeze
    float rain = smoothstep(0.66, 0.95, gloom) * (1.0 - winter);
    c += (0.6 * smoothstep(0.55, 0.95, value2(fall)) + smoothstep(0.55, 0.95, value2(fall * vec2(1.9, 1.3) + 40.0)) - 0.25) * 0.20 * rain
        * (0.02 + mist);
    c *= (1.18 - 0.55 * dot(p, p) / dot(half_size, half_size)) * mix(2.0, 1.25, day);
    c = mix(vec3(dot(c, vec3(0.3, 0.55, 0.15))), c, 1.3 + 0.2 * glad - 0.7 * bare);
    gl_FragColor = vec4(curve(max(c, 0.0)) + dither(gl_FragCoord.xy), 1.0);
}
