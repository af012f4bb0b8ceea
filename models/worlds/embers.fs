/*{
  "ISFVSN": "2",
  "DESCRIPTION": "What is left of a camp fire: charred logs on a bed of coals, from flames that leap up again to ash gone cold.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "heat", "LABEL": "Cold ash to leaping flames", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "ash", "LABEL": "Ash on the coals", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.35},
    {"NAME": "size", "LABEL": "Size of the coals", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "sparks", "LABEL": "Sparks", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "hue", "LABEL": "Violet cold to gold", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "smoke", "LABEL": "Smoke", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.35},
    {"NAME": "night", "LABEL": "Blue night around it", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
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

// As fbm, with sharp crests: about -0.5..1.
float ridged(vec2 p, vec2 drift, float octaves) {
    float sum = 0.0, weight = 0.6;
    for (int i = 0; i < MANY; i++) {
        sum += clamp(octaves, 0.0, 1.0) * weight * (1.0 - 2.4 * abs(noise2(p - LATTICE * fract(drift / LATTICE))));
        weight *= 0.5;
        p = 2.1 * TURN * p + 3.7;
        drift = 2.1 * TURN * drift;
        octaves -= 1.0;
        if (octaves <= 0.0) break;
    }
    return sum;
}

vec3 curve(vec3 light) {
    vec3 t = sqrt(sqrt(1.0 - exp(-max(light, 0.0))));
    vec3 c = t * (t * (t * (t * 0.1414 - 0.4158) + 1.2414) + 0.0335);  // the display's gamma: t to the power of 1.818
    return mix(c, c * c * (3.0 - 2.0 * c), 0.35);
}

float dither() { return (hash2(floor(isf_FragNormCoord * RENDERSIZE) + floor(fract(TIME) * 97.0)) - 0.5) / 255.0; }

vec3 glow(float t) {
    vec3 dull = mix(vec3(1.2, 0.03, 0.06), vec3(2.0, 0.16, 0.015), hue);
    vec3 bright = mix(vec3(2.2, 0.30, 0.16), vec3(2.7, 1.0, 0.13), hue);
    return t * t * mix(dull, bright, smoothstep(0.3, 1.1, t)) + 0.4 * bright * pow(max(t, 0.0), 6.0);
}

// Coals: distance to the border with the neighbour, place within the coal, a number of its own.
vec4 coals(vec2 p) {
    vec2 base = floor(p), f = p - base, within = vec2(0.0);
    float near = 9.0, second = 9.0, key = 0.0;
    for (int i = 0; i < 9; i++) {
        vec2 o = vec2(mod(float(i), 3.0), floor(float(i) / 3.0)) - 1.0;
        float h = hash2(mod(base + o, LATTICE));
        vec2 d = o + 0.1 + 0.8 * vec2(h, fract(h * 61.7)) - f;
        float r = dot(d, d) * (0.8 + 0.4 * fract(h * 23.0));
        if (r < near) { second = near; near = r; key = h; within = -d; } else { second = min(second, r); }
    }
    return vec4(sqrt(second) - sqrt(near), within, key);
}

// The nearest of three charred logs here: across it -1..1, along it in radii from its middle, half its length in radii; 9 beside
// them. `way`: which way it lies, `girth`: its radius, `key`: its number, `shade`: what it takes from the bed around it.
vec3 logs(vec2 p, vec2 extent, float edge, out vec2 way, out float girth, out float key, out float shade) {
    vec3 found = vec3(9.0, 0.0, 1.0);
    way = vec2(1.0, 0.0);
    girth = 1.0;
    key = 0.0;
    shade = 0.0;
    for (int i = 0; i < 3; i++) {
        float k = float(i), h = hash2(vec2(k, 23.0)), turn = sine(6.2831853 * (seed + h)), other = mod(k, 2.0) * 2.0 - 1.0;
        float level = mix(edge - 0.02, -0.80 * extent.y, k * 0.5), radius = mix(0.055, 0.13, k * 0.5) * mix(0.9, 1.15, size);
        vec2 along = normalize(vec2(1.0, other * (0.30 + 0.20 * h) + 0.08 * turn));
        vec2 d = p - vec2((0.22 * turn + 0.42 * other) * extent.x, level);
        vec2 q = vec2(dot(d, vec2(-along.y, along.x)), dot(d, along)) / radius;
        q.x += 0.12 * sine(q.y * 0.45 + 9.0 * h) + 0.06 * sine(q.y * 1.3 + 20.0 * h);
        q.x *= 1.0 + 0.10 * noise2(vec2(q.y * 0.9, 7.0 * k));
        float reach = mix(0.50, 0.70, h) * extent.x / radius, beyond = abs(q.y) - reach - 0.36 * sqrt(max(1.0 - q.x * q.x, 0.0));
        shade = max(shade, exp(-2.2 * max(max(abs(q.x) - 1.0, beyond), 0.0)));
        if (abs(q.x) < 1.0 && beyond < 0.0) {
            found = vec3(q, reach);
            way = along;
            girth = radius;
            key = h;
        }
    }
    return found;
}

// One spark in each cell of a rising grid; near layers are large and out of focus.
float spark(vec2 p, float scale, float speed, float size, float layer, float pixel) {
    float curl = noise2(p * 2.3 + vec2(layer, -mod(TIME * 0.25, LATTICE)));
    vec2 grid = vec2(p.x + 0.09 * curl + 0.02 * sine(p.y * 9.0 + TIME + layer), p.y) * scale;
    grid.y -= mod(TIME * speed * scale, LATTICE);
    float h = hash2(mod(floor(grid), LATTICE) + 13.0 * layer);
    vec2 d = fract(grid) - 0.5 - 0.55 * (vec2(fract(h * 17.0), fract(h * 31.0)) - 0.5);
    d.x += 0.08 * sine(TIME * (1.0 + 2.0 * h) + 20.0 * h);
    float radius = max(size * (0.5 + h), 1.3 * pixel * scale);
    float lit = step(fract(h * 53.0), 0.06 + 0.44 * sparks + 0.35 * treble);
    float edge = smoothstep(radius, radius * 0.45, length(d * vec2(1.0, 0.75)));
    return lit * edge * (0.55 + 0.45 * sine(TIME * (2.0 + 6.0 * h) + 40.0 * h));
}

void main() {
    float pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE * pixel, extent = 0.5 * RENDERSIZE * pixel;
    float edge = mix(0.10, 0.24, hash1(floor(seed * 3.0))) * extent.y / 0.5
        + 0.035 * noise2(vec2(p.x * 3.0 + 20.0 * seed, 1.0));
    edge += 0.012 * noise2(vec2(p.x * 17.0 + 20.0 * seed, 5.0)) - 0.04 * p.x * p.x;
    float warmth = 0.03 + 1.15 * heat * heat, dead = smoothstep(0.40, 0.05, heat);
    vec3 air = mix(mix(vec3(0.010, 0.006, 0.006), vec3(0.014, 0.030, 0.080), night), vec3(0.017, 0.019, 0.023), 0.70 * dead);
    vec3 light;

    // the dark above, with smoke that the coals light from below
    float up = max(p.y - edge, 0.0);
    vec2 s = vec2(p.x * 2.2, p.y * 1.5) + 11.0 * seed;
    float wisp = fbm(s + 0.7 * noise2(s * 1.2 - vec2(0.0, mod(TIME * 0.16, LATTICE))), vec2(0.0, TIME * 0.4), 3.0);
    light = air * (0.7 + 1.2 * smoothstep(0.0, 0.9, up)) + glow(0.62) * warmth * 0.20 * exp(-4.5 * up);
    float thick = smoothstep(-0.15, 0.55, wisp + 0.25 * smoke) * smoke;
    light += thick * (glow(0.6) * warmth * 0.24 * exp(-3.0 * up) + air * 0.9 + 0.006);

    // a hot bed burns again: tongues of flame stand over it and tear off
    float lick = noise2(vec2(p.x * 8.0 + 1.6 * wisp + 9.0 * seed, p.y * 4.2 - mod(TIME * 1.4, LATTICE)));
    float tongue = 0.55 + 1.3 * lick + 0.7 * wisp - up * mix(13.0, 4.0, heat) / (1.0 + 0.2 * bass);
    float flame = smoothstep(0.45, 0.85, heat) * smoothstep(0.0, 0.30, tongue) * smoothstep(-0.04, 0.03, p.y - edge);
    light += flame * glow(clamp(0.45 + 0.75 * tongue, 0.0, 1.15)) * 0.8;

    if (p.y < edge + 0.02) {
        float depth = 0.42 / (edge + 0.19 - p.y), scale = mix(9.0, 3.6, size);
        vec2 g = vec2(p.x * depth, depth * 1.25) * scale + vec2(13.0 * seed, 29.0 * seed);
        float footprint = pixel * depth * depth * scale * 3.0, sharp = clamp(-log2(footprint * 1.5), 1.0, 5.0);
        vec2 bumps = vec2(fbm(g * 1.1, vec2(0.0), min(sharp, 4.0)), fbm(g * 1.1 + 31.0, vec2(0.0), min(sharp, 4.0)));
        g += 0.55 * bumps;
        vec4 coal = coals(g);
        float height = smoothstep(0.0, 0.55, coal.x), grain = ridged(g * 2.6 + 9.0 * coal.w, vec2(0.0), min(sharp, 4.0));
        // each coal breathes at its own pace, and draughts pass over the bed
        float draught = noise2(g * 0.22 - vec2(mod(TIME * 0.34, LATTICE), mod(TIME * 0.21, LATTICE)));
        float breath = (0.5 + 0.5 * sine(TIME * (0.9 + 1.4 * coal.w) + 30.0 * coal.w)) * smoothstep(0.0, 0.1, coal.x);
        float inner = -0.12 + 0.94 * heat - 0.22 * dead + 0.5 * draught * (0.6 + energy) + 0.18 * breath + 0.02 * bass + 0.04 * mid * breath;
        float between = inner * 0.85;  // the same on both sides of a gap, but for the coals' own breath
        inner *= 0.45 + 0.75 * fract(coal.w * 7.0);
        float patches = smoothstep(-0.25, 0.75, grain + 0.5 * noise2(g * 1.1 + 5.0 * coal.w));
        float gap = exp(-5.5 * coal.x) * (0.8 + 0.35 * grain);
        float alight = smoothstep(0.62 - 0.35 * heat, 0.95, fract(coal.w * 7.0));
        float face = inner * (0.06 + patches * (0.25 + 0.75 * alight)) * (1.0 - 0.35 * height);
        float heat_here = max(face, gap * (0.03 + 0.25 * heat + 0.85 * max(between, 0.0)));
        // ash lies on top of the coals, grey, lit by what glows beside it
        float lie = smoothstep(0.30, 0.75, height * (0.5 + 0.4 * fract(coal.w * 31.0)) + 0.5 * grain + 1.1 * ash - 0.7);
        lie *= (1.0 - 0.8 * min(gap * 1.4, 1.0)) * (1.0 - 0.6 * alight * heat);
        vec3 rough = vec3(0.42, 0.385, 0.36) * (0.35 + 0.9 * max(grain + 0.25, 0.0)) * (0.3 + 0.7 * height);
        float from_above = clamp(0.55 + 1.3 * coal.z, 0.05, 1.3);
        vec3 lit_ash = rough * (air * 6.0 * from_above + glow(0.58) * 0.6 * warmth * (1.15 - from_above * 0.7));
        vec3 black = (vec3(0.012) + air * 0.8 * from_above) * height * max(grain + 0.35, 0.0) + glow(0.5) * 0.02 * warmth;
        vec3 surface = mix(black, lit_ash, lie) + glow(clamp(heat_here, 0.0, 1.1)) * (1.0 - 0.85 * lie);
        surface += glow(0.7) * pulse * 0.10 * smoothstep(0.55, 0.9, patches) * inner;
        float blur = smoothstep(1.6, 2.6, depth);
        surface = mix(surface, glow(0.35 + 0.35 * heat) * 0.55, 0.55 * blur * smoothstep(0.1, 0.8, footprint));
        light = mix(light, surface, smoothstep(0.006, -0.006, p.y - edge));
    }
    // charred wood: it cracks into squares; the cracks glow below, ash lies above, and the end that we see burns in rings
    vec2 way;
    float girth, key, shade;
    vec3 wood = logs(p, extent, edge, way, girth, key, shade);
    light *= 1.0 - 0.55 * shade * step(1.0, wood.x);
    if (wood.x < 1.0) {
        float around = asin(wood.x), facing = sqrt(1.0 - wood.x * wood.x), fine = clamp(-log2(pixel / girth * 6.0), 0.5, 4.0);
        vec2 g = vec2(wood.y * 0.80, around * 1.15) + vec2(40.0 * key, 9.0);
        float grain = ridged(g * vec2(0.7, 4.0), vec2(0.0), fine), flakes = fbm(g * 2.3, vec2(0.0), fine);
        vec4 square = coals((g + 0.30 * flakes) * vec2(1.0, 1.3));
        float up_side = wood.x * way.x, height = smoothstep(0.0, 0.35, square.x);
        float draught = noise2(vec2(wood.y * 0.4, key * 9.0) - vec2(mod(TIME * 0.30, LATTICE), mod(TIME * 0.2, LATTICE)));
        float breath = 0.5 + 0.5 * sine(TIME * (0.9 + 1.2 * square.w) + 30.0 * square.w);
        float from_end = wood.z - abs(wood.y) + 0.8 * flakes;
        float hot = 0.75 * heat - 0.35 * dead - 0.60 * up_side + 0.55 * draught * (0.5 + energy) + 0.12 * breath + 0.04 * mid - 0.10;
        hot += 0.9 * exp(-0.45 * max(from_end, 0.0)) * (0.3 + heat);
        float gap = exp(-7.0 * square.x) * (0.6 + 0.8 * grain);
        float seen = gap * smoothstep(0.0, 1.1, hot) + 0.5 * max(hot - 0.85, 0.0) * height * (0.6 + grain);
        float ashen = smoothstep(0.35, 0.85, 0.45 * up_side + 0.9 * flakes + 0.5 * grain + 0.8 * ash - 0.30) * (1.0 - 0.8 * gap);
        vec3 skin = vec3(0.016, 0.014, 0.013) + air * (0.6 + 1.4 * max(up_side, 0.0)) * max(0.4 + grain, 0.1);
        skin = mix(skin, vec3(0.50, 0.46, 0.43) * (air * 6.0 * (0.5 + 0.6 * up_side) + glow(0.5) * 0.10 * warmth), ashen);
        skin *= mix(0.35, 1.0, height) * (0.7 + 0.6 * square.w) * (0.3 + 0.7 * facing);
        skin += glow(0.60) * warmth * 0.22 * smoothstep(0.1, -1.0, up_side) * (0.5 + height);
        skin += glow(clamp(seen, 0.0, 1.05)) * (1.0 - 0.85 * ashen);
        vec2 disc = vec2(wood.x, (wood.y + wood.z) / 0.36);
        float r = length(disc), rings = 0.5 + 0.5 * cosine(26.0 * r + 4.0 * flakes), on_end = smoothstep(1.02, 0.96, r);
        vec3 cut = glow(clamp((0.35 + 0.55 * heat + 0.3 * draught) * (1.05 - 0.35 * rings - 0.35 * r + 0.5 * flakes), 0.0, 1.0));
        skin = mix(skin, cut * (0.3 + 0.7 * heat) + vec3(0.02), on_end);
        light = mix(light, skin, smoothstep(1.0, 1.0 - 2.5 * pixel / girth, abs(wood.x)));
    }
    light += glow(0.6) * warmth * (0.10 + 0.06 * bass) * exp(-7.0 * abs(p.y - edge));

    float rising = spark(p, 15.0, 0.10, 0.055, 1.0, pixel) + spark(p, 9.0, 0.14, 0.05, 2.0, pixel) * 0.9;
    float soft = spark(p, 4.6, 0.2, 0.085, 3.0, pixel) * 0.16 + spark(p, 3.1, 0.26, 0.13, 4.0, pixel) * 0.07;
    float life = exp(-1.3 * up) * smoothstep(edge - 0.25, edge + 0.05, p.y);
    float alive = 0.10 + 0.90 * smoothstep(0.10, 0.45, heat);  // cold ash throws no sparks
    rising *= alive;
    soft *= alive;
    light += glow(0.92) * rising * life * (0.55 + 0.45 * heat + 0.5 * pulse) + glow(0.75) * soft * exp(-0.8 * up);

    light *= 1.0 - 0.5 * dot(p, p) / dot(extent, extent);
    gl_FragColor = vec4(curve(light) + dither(), 1.0);
}
