/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Under water: shafts of light, caustics, kelp, fish and bubbles; from lagoon to abyss.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "depth", "LABEL": "Depth (lagoon to abyss)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.35},
    {"NAME": "palette", "LABEL": "Water (blue, turquoise, green)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "rays", "LABEL": "Shafts of light", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.65},
    {"NAME": "caustics", "LABEL": "Caustics", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "kelp", "LABEL": "Kelp", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "fish", "LABEL": "Fish", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "bubbles", "LABEL": "Bubbles", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "haze", "LABEL": "Murk", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.35},
    {"NAME": "warmth", "LABEL": "Warmth of the light", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
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
vec2 sine(vec2 x) { return vec2(sine(x.x), sine(x.y)); }

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

// ---- under water ----
float pixel;

// Bright threads where waves gather light: two sheets that slide over each other. 0..1.
float threads(vec2 q, float octaves) {
    vec2 drift = vec2(TIME * 0.16, TIME * 0.11);
    vec2 bend = vec2(value2(q * 0.9 + drift), value2(q * 0.9 - drift + 13.0)) * 1.5;
    float a = 1.0 - abs(2.0 * fbm(q + bend + drift, octaves) - 1.0),
        b = 1.0 - abs(2.0 * fbm(q * 1.27 - bend.yx - drift + 31.0, octaves) - 1.0);
    float both = a * b;
    both *= both;
    return both * both * 1.4;
}

// A fish that looks to the right, in lengths of half its body; it beats its tail. Covered (x), belly..back (y).
vec2 swimmer(vec2 d, float beat, float soft) {
    d.y += 0.09 * sine(beat - d.x * 2.2) * (0.6 - 0.6 * d.x);
    float body = 0.34 * (1.0 - d.x * d.x) * (0.75 + 0.25 * max(d.x, -1.0)) - abs(d.y);
    float tail = min(0.36 * (-0.72 - d.x) - abs(d.y) + 0.03, d.x + 1.45 + 0.30 * abs(d.y));
    float fin = min(0.30 - abs(d.x + 0.05) * 0.7 - abs(d.y - 0.16), 0.5 - d.y);
    float edge = max(max(body, tail), fin - 0.12);
    return vec2(smoothstep(-soft, soft, edge), d.y * 3.0);
}

// A strand of kelp and its leaves, 1 inside; `x` across from its root, `y` up from it.
float strand(vec2 d, float tall, float size, float key) {
    float t = clamp(d.y / tall, 0.0, 1.0), sway = sine(TIME * 0.7 + key * 5.0 - d.y * 3.2) * (0.05 + 0.05 * bass)
        + 0.10 * sine(TIME * 0.31 + key + d.y * 1.3);
    float x = d.x - sway * t * 1.3 * (0.5 + tall), left = step(x, 0.0);
    float out_way = abs(x) / (size * (1.25 - 0.85 * t)), lift = 0.15 * sine(TIME * 1.1 + key * 3.0 + d.y * 9.0);
    float leaf = abs(fract(d.y / size * 0.62 + left * 0.5 - out_way * (0.75 + lift)) - 0.5) / 0.62 * size;
    float blade = 0.62 * size * clamp(out_way * (1.0 - out_way) * 1.6, 0.0, 1.0) * (0.5 + 0.5 * (1.0 - out_way)) - leaf;
    float edge = max(out_way < 1.0 ? blade : -1.0, size * 0.07 * (1.1 - t) - abs(x));
    return smoothstep(-pixel, pixel, edge) * step(0.0, d.y) * smoothstep(tall, tall - 0.03, d.y);
}

void main() {
    vec2 half_size = 0.5 * RENDERSIZE / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * 2.0 * half_size;
    pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    float place = seed * 97.0;
    p.x += 0.006 * sine(TIME * 0.4);
    float high = p.y / half_size.y;

    // Water takes red first, then green; what is deep is dim and blue.
    vec3 hue = mix(mix(vec3(0.020, 0.16, 0.52), vec3(0.020, 0.36, 0.42), smoothstep(0.0, 0.5, palette)),
        vec3(0.055, 0.25, 0.13), smoothstep(0.5, 1.0, palette));
    vec3 sunlight = mix(vec3(0.80, 0.98, 1.10), vec3(1.15, 1.0, 0.72), warmth)
        * mix(vec3(1.0), hue * 2.2 + 0.08, 0.35 + 0.5 * depth);
    float bright = mix(1.25, 0.20, depth);
    vec2 sun = vec2(half_size.x * 0.35 * sine(place * 0.7 + 1.0), half_size.y * 1.12);
    float from_sun = length((p - sun) * vec2(0.8, 1.0));
    vec3 water = hue * bright * (0.20 + 0.55 * smoothstep(-1.1, 1.1, high) + 0.9 / (1.0 + from_sun * from_sun * 5.0));
    water += sunlight * bright * 0.40 / (1.0 + from_sun * from_sun * 22.0);
    vec3 c = water;

    // The surface from below, far overhead.
    float over = p.y - half_size.y * mix(0.42, 0.80, depth), is_top = smoothstep(0.0, 0.22, over);
    float roof = 0.34 / (max(over, 0.0) + 0.05);
    float roof_fine = clamp(-log2(roof * roof * pixel * 9.0), 0.0, 3.0) * step(0.0, over);
    float wave = fbm(vec2(p.x * roof * 2.0, roof * 2.6) + vec2(place, TIME * 0.35), roof_fine + 0.5);
    c += sunlight * bright * is_top * (smoothstep(0.45, 0.72, wave) * 1.1 + 0.15) * exp(-abs(p.x - sun.x) * 0.9)
        * (1.0 - 0.7 * depth);

    // The bed: sand in ripples, stones, light that dances over it.
    float bed_line = -half_size.y * 0.42 + 0.05 * sine(p.x * 2.1 + place) + 0.05 * (fbm(vec2(p.x * 2.6 + place, 3.0), 3.0) - 0.5);
    float below = max(bed_line - p.y, 0.0), far = 0.30 / (below + 0.07), is_bed = smoothstep(-0.004, 0.004, bed_line - p.y);
    vec2 q = vec2(p.x * far, far * 1.3) * 1.6 + place;
    float fine = clamp(-log2(far * far * pixel * 7.0), 0.0, 5.0) * step(0.0001, below);
    float lumps = fbm(q * 0.9, min(fine + 1.0, 4.0)), grain = fbm(q * 6.0, fine);
    float furrow = abs(2.0 * fract(q.y * 1.9 + q.x * 0.35 + lumps * 2.2) - 1.0);
    float dance = threads(q * 1.5, min(fine, 2.0) + 0.8 * step(0.0001, below));
    vec3 sand = mix(vec3(0.52, 0.47, 0.36), vec3(0.16, 0.18, 0.15), smoothstep(0.52, 0.66, lumps))
        * (0.65 + 0.45 * grain + 0.22 * (furrow - 0.5) * clamp(fine - 1.0, 0.0, 1.0));
    vec3 bed = sand * (hue * 1.2 + 0.04) * bright * 1.15 + sand * sunlight * bright * dance * caustics * (1.2 + 0.8 * mid)
        * (1.0 - 0.6 * depth) * 1.5;
    float veil = clamp(exp(-below * mix(7.0, 2.2, haze)) * mix(0.75, 1.0, haze), 0.0, 1.0);
    c = mix(c, mix(bed, water, veil), is_bed);

    // Hummocks of reef in the distance, and nearer.
    for (int i = 0; i < 2; i++) {
        float k = float(i), top = bed_line - 0.10 * k
            + mix(0.20, 0.16, k) * half_size.y * (value2(vec2(p.x * (2.0 + 1.4 * k) + place * (1.0 + k), 7.0)) - 0.35) * 1.5;
        float rough = fbm(p * mix(9.0, 12.0, k) + place + k * 9.0, 3.0 * step(p.y, bed_line + 0.3));
        top += 0.07 * (rough - 0.5) - 0.16 * k * smoothstep(0.55, 0.1, abs(p.x) / half_size.x);
        vec3 reef = mix(vec3(0.035, 0.06, 0.07), mix(vec3(0.30, 0.10, 0.12), vec3(0.10, 0.20, 0.12), palette),
            smoothstep(0.5, 0.75, rough)) * (hue * 2.0 + 0.10) * bright * (0.5 + rough);
        reef += reef * sunlight * dance * caustics * 0.6;
        c = mix(c, mix(reef, water, mix(0.78, 0.38, k) + 0.2 * haze),
            smoothstep(-0.004, 0.004, top - p.y) * smoothstep(-0.22, -0.05, p.y - top));
    }

    // Shafts of light wander.
    vec2 ray = p - sun - vec2(0.0, 0.35);
    float turn = ray.x / min(ray.y, -0.05) * 5.0;
    float bands = value2(vec2(turn * 1.6 + place + TIME * 0.13, TIME * 0.11)) * 0.55
        + value2(vec2(turn * 4.1 - TIME * 0.17, TIME * 0.16 + 7.0)) * 0.45;
    float shaft = smoothstep(0.42, 0.85, bands + 0.05 * bass) * exp(-max(-ray.y - 0.3, 0.0) * mix(1.1, 1.9, depth));
    c += sunlight * bright * shaft * rays * 0.62 * (1.0 + 0.25 * pulse);

    // Fish in schools at two depths.
    for (int i = 0; i < 2; i++) {
        float k = float(i), size = mix(0.017, 0.040, k), cells = mix(0.085, 0.24, k), heading = i == 0 ? 1.0 : -1.0;
        vec2 s = vec2(p.x * heading - TIME * mix(0.030, 0.055, k) - 0.02 * bass,
            p.y + 0.03 * sine(p.x * 3.0 * heading + TIME * 0.3)) + place;
        vec2 cell = floor(s / cells);
        float r = hash2(cell + k * 31.0), school = value2(cell * 0.32 + k * 7.0 + 3.0);
        vec2 d = s - (cell + 0.5) * cells - (vec2(fract(r * 71.0), fract(r * 133.0)) - 0.5) * cells * 0.42;
        d.y += 0.006 * sine(TIME * 0.9 + r * 40.0);
        float own = size * (0.7 + 0.5 * fract(r * 19.0));
        vec2 f = swimmer(d / own, TIME * (5.0 + 2.0 * r) + r * 50.0, 1.5 * pixel / own);
        float there = step(1.0 - school, fish * 0.62) * step(0.25, r) * smoothstep(-0.10, 0.02, p.y - bed_line)
            * smoothstep(0.02, 0.06, fish);
        vec3 scale = mix(vec3(0.30, 0.42, 0.45),
            mix(vec3(0.75, 0.45, 0.10), vec3(0.40, 0.50, 0.55), step(0.4, fract(r * 7.0))), k) * (hue * 1.2 + 0.10) * bright
            * (0.65 + 0.5 * clamp(f.y, -0.6, 1.0) + shaft * rays);
        c = mix(c, mix(scale, water, mix(0.55, 0.18, k) + 0.3 * haze), f.x * there);
    }

    // Kelp at the sides, behind and before.
    for (int i = 0; i < 3; i++) {
        float k = float(i) * 0.5, wide = mix(0.10, 0.24, k), cell = floor((p.x + k * 3.3 + place) / wide);
        float inside = 0.0;
        for (int j = -1; j <= 1; j++) {
            float cj = cell + float(j), r = hash1(cj + k * 51.0), x = (cj + 0.3 + 0.4 * r) * wide - k * 3.3 - place;
            float tall = half_size.y * mix(0.7, 1.5, hash1(cj + 9.0 + k * 5.0)) * mix(0.7, 1.1, k)
                * step(hash1(cj * 1.3 + 3.0), kelp * 0.9) * smoothstep(half_size.x * 0.15, half_size.x * 0.55, abs(x));
            inside = max(inside, strand(vec2(p.x - x, p.y - bed_line + 0.05 + 0.30 * k), tall + 0.001, mix(0.032, 0.075, k),
                r * 20.0 + k));
        }
        vec3 leaf = mix(vec3(0.05, 0.10, 0.03), vec3(0.11, 0.10, 0.02), palette) * (hue * 3.0 + 0.15) * bright
            * (0.35 + 0.5 * smoothstep(-1.0, 1.0, high) + 1.2 * shaft * rays) * mix(1.0, 0.45, k);
        c = mix(c, mix(leaf, water, clamp(mix(0.70, 0.06, k) + 0.25 * haze * (1.0 - k), 0.0, 1.0)), inside);
    }

    // Bubbles rise in strings, wobbling; motes hang in the water.
    for (int i = 0; i < 2; i++) {
        float k = float(i), cells = mix(0.07, 0.17, k);
        vec2 s = vec2(p.x + 0.012 * sine(p.y * 11.0 + TIME * 1.7 + k * 2.0), p.y - TIME * mix(0.07, 0.13, k) - 0.02 * pulse)
            + place, cell = floor(s / cells);
        float r = hash2(cell + 61.0 * k), string = hash1(cell.x + k * 7.0);
        float size = cells * (0.07 + 0.17 * fract(r * 57.0)) * (0.8 + 0.3 * energy), soft = 1.5 * pixel;
        vec2 d = s - (cell + 0.5) * cells - (vec2(fract(r * 71.0), fract(r * 133.0)) - 0.5) * cells * 0.5;
        float off = length(d) / size, inside = smoothstep(1.0 + soft / size, 1.0 - soft / size, off)
            * step(string, bubbles * 0.55) * step(0.3, r);
        float rim = smoothstep(0.55, 1.0, off), glint = smoothstep(0.35, 0.0, length(d / size - vec2(-0.3, 0.42)));
        c += (water * 0.5 + sunlight * bright * 0.30) * inside * (0.12 + 0.75 * rim + 1.8 * glint * (1.0 + treble));
    }
    vec2 mote_at = p * 17.0 + vec2(TIME * 0.10, -TIME * 0.05) + 0.3 * sine(p.yx * 5.0 + TIME * 0.3), cell = floor(mote_at);
    float r = hash2(cell + 5.0), mote = length(mote_at - cell - 0.25 - 0.5 * vec2(fract(r * 71.0), fract(r * 133.0)));
    c += sunlight * bright * smoothstep(max(0.10, 34.0 * pixel), 0.0, mote) * step(0.5, r)
        * (0.06 + 0.30 * shaft * rays + 0.25 * treble);
    c *= 1.0 - 0.38 * dot(p, p) / dot(half_size, half_size);
    gl_FragColor = vec4(curve(max(c, 0.0) * mix(1.5, 2.3, depth)) + dither(gl_FragCoord.xy), 1.0);
}
