/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Drops of ink that unfold in still water: veils, curls and threads on a light ground.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "palette", "LABEL": "Ink, round the circle", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "second", "LABEL": "Second ink", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "spread", "LABEL": "How far it has unfolded", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "density", "LABEL": "Density of the ink", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "curl", "LABEL": "Curls", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "ground", "LABEL": "Night blue to paper white", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.85},
    {"NAME": "warmth", "LABEL": "Cool to warm light", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
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

// What an ink of this hue takes from white light: the complement of its colour.
vec3 absorbs(float turn) {
    vec3 c = clamp(abs(fract(turn + vec3(0.0, 2.0, 1.0) / 3.0) * 6.0 - 3.0) - 1.0, 0.0, 1.0);
    return 1.06 - mix(vec3(dot(c, vec3(0.3, 0.5, 0.2))), c, 0.9) * vec3(0.95, 0.8, 1.0);
}

// A vortex at `d` turns what is near it; two of them, opposite, are the cut through a ring.
vec2 whirl(vec2 d, float radius, float angle) {
    float a = angle * exp(-dot(d, d) / (radius * radius)), c = cos(a), s = sin(a);
    return mat2(c, s, -s, c) * d;
}

// One falling drop: a stem that thins out upwards, a ring that rolls up at its head, veils between.
// `d` is measured from the head; x: ink, y: where in the drop (for its shade).
vec2 plume(vec2 d, float size, float age, float key) {
    float r = size * (0.55 + 0.65 * age), turn = 2.6 * curl * (0.5 + age);
    vec2 q = d + 0.10 * size * vec2(noise2(d * 3.0 / size + 9.0 * key), noise2(d * 3.0 / size + 31.0 + 9.0 * key));
    vec2 left = vec2(-0.62, 0.05) * r, right = vec2(0.62, 0.05) * r;
    q = left + whirl(q - left, 0.60 * r, turn);
    q = right + whirl(q - right, 0.60 * r, -turn);
    // the cap is a thin shell, open above
    float cap = abs(length(q * vec2(0.9, 1.1 + 0.3 * age) - vec2(0.0, 0.12 * r)) - 0.62 * r) / r;
    float shell = exp(-cap * cap * mix(90.0, 38.0, age)) * smoothstep(0.55, -0.35, q.y / r);
    float stem_width = r * (0.10 + 0.16 * max(q.y, 0.0) / r * (0.3 + age));
    float stem = exp(-q.x * q.x / (stem_width * stem_width)) * smoothstep(-0.45 * r, 0.1 * r, q.y) * exp(-0.75 * max(q.y, 0.0) / r);
    float body = 0.55 * exp(-dot(q, q) / (0.40 * r * r));
    return vec2(shell * 1.1 + stem * 0.9 + body * (1.0 - 0.5 * age), q.x / r);
}

void main() {
    float pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE * pixel, extent = 0.5 * RENDERSIZE * pixel;
    float strength = 0.6 + 0.6 * energy;

    // the water's slow turning carries everything
    vec2 slow = vec2(noise2(p * 1.5 + vec2(7.0 * seed, -mod(TIME * 0.045, LATTICE))), noise2(p * 1.5 + vec2(41.0, 7.0 * seed + mod(TIME * 0.05, LATTICE))));
    vec2 w = p + 0.16 * slow * strength;
    vec2 fine = vec2(fbm(w * 4.2 + 3.0 * seed, vec2(0.0, -TIME * 0.06), 3.0), fbm(w * 4.2 + 17.0, vec2(TIME * 0.03, -TIME * 0.07), 3.0));
    w += 0.075 * curl * fine * strength;

    // light through the tank: brightest behind the middle
    vec3 lamp = mix(vec3(0.86, 0.95, 1.06), vec3(1.08, 0.97, 0.84), warmth);
    float fall = dot(p, p) / dot(extent, extent);
    vec3 paper = lamp * mix(vec3(0.020, 0.045, 0.10) * (1.4 - fall), vec3(2.3) * (1.0 - 0.32 * fall), ground * ground);
    paper *= 1.0 + 0.05 * fbm(p * 2.0 + 5.0 * seed, vec2(TIME * 0.05, 0.0), 2.0);

    vec3 first = absorbs(palette), other = absorbs(palette + mix(0.06, 0.36, second));
    vec3 taken = vec3(0.0), shine = vec3(0.0);
    float inked = 0.0;
    for (int i = 0; i < 5; i++) {
        float k = float(i), h = hash2(vec2(k, 3.0)), life = 21.0 + 9.0 * h;
        float turn = TIME / life + h * 3.0 + 0.37 * k, age = fract(turn), again = hash2(vec2(mod(floor(turn), LATTICE), k + 9.0));
        float x = (fract(k * 0.618 + 0.2 * again + seed) - 0.5) * 1.75 * extent.x;
        float y = mix(extent.y * 0.95, -extent.y * (0.35 + 0.5 * fract(again * 7.0)), 1.0 - exp(-2.4 * age));
        float size = mix(0.13, 0.30, spread) * (0.65 + 0.6 * fract(again * 13.0)) * (1.0 + 0.04 * bass + 0.03 * pulse);
        vec2 d = w - vec2(x + 0.05 * sin(TIME * 0.3 + 9.0 * k), y);
        if (abs(d.x) > size * 2.6 || d.y < -size * 2.2) continue;
        vec2 ink = plume(d, size, age, again);
        float fade = smoothstep(0.0, 0.06, age) * smoothstep(1.0, 0.75, age);
        vec3 kind = mix(first, other, smoothstep(0.25, 0.75, fract(h * 5.0 + 0.25 * ink.y)));
        taken += kind * ink.x * fade;
        inked += ink.x * fade;
    }
    // the ink that has been here for long: clouds of it, drawn out into threads
    vec2 v = w * vec2(2.0, 1.5) + vec2(23.0 * seed, 0.0) + 0.7 * slow;
    float cloud = fbm(v, vec2(0.0, -TIME * 0.05), 4.0);
    float threads = ridged(v * 1.7 + 1.4 * vec2(cloud, -cloud), vec2(0.0, -TIME * 0.07), 4.0);
    float veil = smoothstep(0.05, 0.75, cloud + 0.5 * spread - 0.25 - 0.25 * p.y / extent.y) * (0.45 + 0.75 * smoothstep(-0.1, 0.9, threads));
    taken += mix(other, first, smoothstep(-0.3, 0.4, slow.x + fine.y)) * veil * (0.25 + spread) * 0.9;
    inked += veil;

    float threaded = 0.55 + 0.75 * smoothstep(-0.2, 0.9, threads + 0.8 * fine.x);
    float dense = mix(0.55, 2.6, density * density) * (1.0 + 0.10 * mid);
    vec3 through = exp(-taken * dense * threaded);
    // in the dark the ink itself catches the light
    shine = (1.06 - first) * (1.0 - exp(-inked * threaded * 0.9)) * (1.0 - ground * ground) * 0.55 * lamp + (1.06 - other) * veil * 0.12 * (1.0 - ground);
    vec3 light = paper * through + shine * (1.0 - exp(-taken * dense));

    // pigment: the finest grains glint
    vec2 grid = w * 46.0;
    float h = hash2(mod(floor(grid), LATTICE));
    vec2 g = fract(grid) - 0.5 - 0.5 * (vec2(fract(h * 17.0), fract(h * 31.0)) - 0.5);
    float size = max(0.07, 1.3 * pixel * 46.0);
    light *= 1.0 - 0.5 * step(0.90 - 0.1 * treble, h) * exp(-dot(g, g) / (size * size)) * smoothstep(0.05, 0.5, inked);
    gl_FragColor = vec4(curve(light) + dither(), 1.0);
}
