/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A bed of coals in the dark: ash, glowing cracks that breathe, sparks that rise.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "heat", "LABEL": "Heat", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
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
const mat2 TURN = mat2(0.8, 0.6, -0.6, 0.8);

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

// Gradient noise, about -0.7..0.7.
float noise2(vec2 p) {
    vec2 i = floor(p), f = p - i, u = f * f * f * (f * (f * 6.0 - 15.0) + 10.0);
    i = mod(i, LATTICE);
    vec2 j = mod(i + 1.0, LATTICE);
    float low = mix(dot(slope(i), f), dot(slope(vec2(j.x, i.y)), f - vec2(1.0, 0.0)), u.x);
    float high = mix(dot(slope(vec2(i.x, j.y)), f - vec2(0.0, 1.0)), dot(slope(j), f - 1.0), u.x);
    return mix(low, high, u.y);
}

// So many octaves, the last one faded in. `drift`: how far the pattern has moved, wrapped in each octave by itself.
float fbm(vec2 p, vec2 drift, float octaves) {
    float sum = 0.0, weight = 0.55;
    for (int i = 0; i < 6; i++) {
        float part = clamp(octaves - float(i), 0.0, 1.0);
        if (part <= 0.0) break;
        sum += part * weight * noise2(p - mod(drift, LATTICE));
        weight *= 0.5;
        p = 2.0 * TURN * p + 7.3;
        drift = 2.0 * TURN * drift;
    }
    return sum;
}

// As fbm, with sharp crests: about -0.5..1.
float ridged(vec2 p, vec2 drift, float octaves) {
    float sum = 0.0, weight = 0.6;
    for (int i = 0; i < 5; i++) {
        float part = clamp(octaves - float(i), 0.0, 1.0);
        if (part <= 0.0) break;
        sum += part * weight * (1.0 - 2.4 * abs(noise2(p - mod(drift, LATTICE))));
        weight *= 0.5;
        p = 2.1 * TURN * p + 3.7;
        drift = 2.1 * TURN * drift;
    }
    return sum;
}

vec3 curve(vec3 light) {
    vec3 c = pow(1.0 - exp(-max(light, 0.0)), vec3(0.4545));
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

// One spark in each cell of a rising grid; near layers are large and out of focus.
float spark(vec2 p, float scale, float speed, float size, float layer, float pixel) {
    float curl = noise2(p * 2.3 + vec2(layer, -mod(TIME * 0.25, LATTICE)));
    vec2 grid = vec2(p.x + 0.09 * curl + 0.02 * sin(p.y * 9.0 + TIME + layer), p.y) * scale;
    grid.y -= mod(TIME * speed * scale, LATTICE);
    float h = hash2(mod(floor(grid), LATTICE) + 13.0 * layer);
    vec2 d = fract(grid) - 0.5 - 0.55 * (vec2(fract(h * 17.0), fract(h * 31.0)) - 0.5);
    d.x += 0.08 * sin(TIME * (1.0 + 2.0 * h) + 20.0 * h);
    float radius = max(size * (0.5 + h), 1.3 * pixel * scale);
    float lit = step(fract(h * 53.0), 0.06 + 0.44 * sparks + 0.35 * treble);
    float edge = smoothstep(radius, radius * 0.45, length(d * vec2(1.0, 0.75)));
    return lit * edge * (0.55 + 0.45 * sin(TIME * (2.0 + 6.0 * h) + 40.0 * h));
}

void main() {
    float pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE * pixel, extent = 0.5 * RENDERSIZE * pixel;
    float edge = mix(0.10, 0.24, hash1(floor(seed * 3.0))) * extent.y / 0.5
        + 0.035 * noise2(vec2(p.x * 3.0 + 20.0 * seed, 1.0));
    edge += 0.012 * noise2(vec2(p.x * 17.0 + 20.0 * seed, 5.0)) - 0.04 * p.x * p.x;
    float warmth = 0.06 + 0.94 * heat * heat;
    vec3 air = mix(vec3(0.010, 0.006, 0.006), vec3(0.014, 0.030, 0.080), night);
    vec3 light;

    // the dark above, with smoke that the coals light from below
    float up = max(p.y - edge, 0.0);
    vec2 s = vec2(p.x * 2.2, p.y * 1.5) + 11.0 * seed;
    float wisp = fbm(s + 0.7 * noise2(s * 1.2 - vec2(0.0, mod(TIME * 0.16, LATTICE))), vec2(0.0, TIME * 0.4), 4.0);
    light = air * (0.7 + 1.2 * smoothstep(0.0, 0.9, up)) + glow(0.62) * warmth * 0.20 * exp(-4.5 * up);
    float thick = smoothstep(-0.15, 0.55, wisp + 0.25 * smoke) * smoke;
    light += thick * (glow(0.6) * warmth * 0.24 * exp(-3.0 * up) + air * 0.9 + 0.006);

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
        float breath = (0.5 + 0.5 * sin(TIME * (0.9 + 1.4 * coal.w) + 30.0 * coal.w)) * smoothstep(0.0, 0.1, coal.x);
        float inner = -0.12 + 0.94 * heat + 0.5 * draught * (0.6 + energy) + 0.18 * breath + 0.05 * bass + 0.07 * mid * breath;
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
        surface += glow(0.7) * pulse * 0.2 * smoothstep(0.55, 0.9, patches) * inner;
        float blur = smoothstep(1.6, 2.6, depth);
        surface = mix(surface, glow(0.35 + 0.35 * heat) * 0.55, 0.55 * blur * smoothstep(0.1, 0.8, footprint));
        light = mix(light, surface, smoothstep(0.006, -0.006, p.y - edge));
    }
    light += glow(0.6) * warmth * (0.10 + 0.06 * bass) * exp(-7.0 * abs(p.y - edge));

    float rising = spark(p, 15.0, 0.10, 0.055, 1.0, pixel) + spark(p, 9.0, 0.14, 0.05, 2.0, pixel) * 0.9;
    float soft = spark(p, 4.6, 0.2, 0.085, 3.0, pixel) * 0.16 + spark(p, 3.1, 0.26, 0.13, 4.0, pixel) * 0.07;
    float life = exp(-1.3 * up) * smoothstep(edge - 0.25, edge + 0.05, p.y);
    light += glow(0.92) * rising * life * (0.55 + 0.45 * heat + 0.5 * pulse) + glow(0.75) * soft * exp(-0.8 * up);

    light *= 1.0 - 0.5 * dot(p, p) / dot(extent, extent);
    gl_FragColor = vec4(curve(light) + dither(), 1.0);
}
