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

// Round lumps on round lumps, as where ink pushes into water: 0 in a crease.
float lumps(vec2 p, vec2 drift, float octaves) {
    float sum = 0.0, weight = 0.58;
    for (int i = 0; i < 5; i++) {
        float part = clamp(octaves - float(i), 0.0, 1.0);
        if (part <= 0.0) break;
        float n = 1.0 - min(1.8 * abs(noise2(p - mod(drift, LATTICE))), 1.0);
        sum += part * weight * (1.0 - n * n);
        weight *= 0.5;
        p = 2.1 * TURN * p + 4.7;
        drift = 2.1 * TURN * drift;
    }
    return sum;
}

// A falling drop, head at d = 0: how deep inside it is here (below 0: outside), in its own size.
float plume(vec2 d, float size, float age) {
    vec2 q = d / size;
    float head = 0.62 - length(vec2(q.x, q.y * (q.y > 0.0 ? 0.75 : 1.15)));
    float neck = (0.20 + 0.25 * age + 0.05 * q.y) * smoothstep(7.0, 0.5, q.y) - abs(q.x + 0.12 * sin(q.y * 2.1));
    return max(head, q.y > -0.1 ? neck : -1.0);
}

void main() {
    float pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE * pixel, extent = 0.5 * RENDERSIZE * pixel;
    float strength = 0.6 + 0.6 * energy;

    // the water's slow turning carries everything
    vec2 slow = vec2(noise2(p * 1.5 + vec2(7.0 * seed, -mod(TIME * 0.07, LATTICE))),
                     noise2(p * 1.5 + vec2(41.0, 7.0 * seed + mod(TIME * 0.08, LATTICE))));
    vec2 w = p + 0.16 * slow * strength;
    vec2 fine = vec2(fbm(w * 4.2 + 3.0 * seed, vec2(0.0, -TIME * 0.11), 3.0),
                     fbm(w * 4.2 + 17.0, vec2(TIME * 0.05, -TIME * 0.12), 3.0));
    w += 0.075 * curl * fine * strength;

    // light through the tank: brightest behind the middle
    vec3 lamp = mix(vec3(0.86, 0.95, 1.06), vec3(1.08, 0.97, 0.84), warmth);
    float fall = dot(p, p) / dot(extent, extent);
    vec3 paper = lamp * mix(vec3(0.020, 0.045, 0.10) * (1.4 - fall), vec3(2.3) * (1.0 - 0.32 * fall), ground * ground);
    paper *= 1.0 + 0.05 * fbm(p * 2.0 + 5.0 * seed, vec2(TIME * 0.05, 0.0), 2.0);

    vec3 first = absorbs(palette), other = absorbs(palette + mix(0.06, 0.36, second));
    float deepest = -1.0, young = 0.0;
    vec2 shares = vec2(0.02, 0.01);  // weight of all drops here, and of the second ink in them
    for (int i = 0; i < 4; i++) {
        float k = float(i), h = hash2(vec2(k, 3.0)), turn = TIME / (13.0 + 6.0 * h) + h * 3.0 + 0.37 * k, age = fract(turn);
        float again = hash2(vec2(mod(floor(turn), LATTICE), k + 9.0));
        float x = (fract(k * 0.618 + 0.2 * again + seed) - 0.5) * 1.7 * extent.x;
        float y = mix(extent.y * 1.35, -extent.y * (0.25 + 0.45 * fract(again * 7.0)), 1.0 - exp(-2.6 * age));
        float size = mix(0.26, 0.5, spread) * (0.7 + 0.5 * fract(again * 13.0)) * (0.5 + 0.8 * age)
            * (1.0 + 0.05 * bass + 0.03 * pulse);
        float inside = plume(w - vec2(x + 0.05 * sin(TIME * 0.3 + 9.0 * k), y), size, age) - 0.9 * smoothstep(0.7, 1.0, age);
        float weight = exp(5.0 * min(inside, 0.6));
        shares += weight * vec2(1.0, fract(h * 5.0));
        young += weight * (1.0 - age);
        deepest = max(deepest, inside);
    }
    // the front is lumpy, and rolls; behind it the ink hangs in clouds and threads
    vec2 v = w * vec2(6.4, 5.0) + vec2(23.0 * seed, 0.0) + 0.8 * slow;
    float roll = lumps(v, vec2(0.0, -TIME * 0.30), 4.6), beside = lumps(v + vec2(0.16, 0.2), vec2(0.0, -TIME * 0.30), 3.0);
    float threads = ridged(v * 0.55 + 1.1 * fine * curl, vec2(0.0, -TIME * 0.13), 4.0);
    float body = smoothstep(0.0, 0.22, deepest + 0.42 * (roll - 0.5));
    float bank = smoothstep(-0.25, 0.7, slow.x * 0.5 + 0.9 * spread - 0.75 - 0.75 * p.y / extent.y + 0.75 * (roll - 0.5));
    float veil = 0.30 * smoothstep(-0.6, 0.2, deepest + 0.3 * threads) * smoothstep(0.25, 0.95, threads) * curl;
    float folds = 1.0 - smoothstep(0.1, 0.85, roll);  // one looks through more ink where lumps meet
    float inked = clamp(body * (0.45 + 0.95 * folds) + bank * (0.22 + 0.75 * folds) + veil, 0.0, 2.0);

    float mixing = smoothstep(0.3, 0.7, shares.y / shares.x + 0.55 * slow.y + 0.25 * (roll - 0.5)
        - 0.3 * bank * (1.0 - body));
    vec3 taken = mix(first, other, mixing) * inked;
    float dense = mix(1.1, 3.4, density) * (1.0 + 0.10 * mid);
    float facing = clamp(0.5 + 1.6 * (roll - beside), 0.0, 1.3);   // light comes from the upper left
    vec3 through = exp(-taken * dense);
    vec3 own = (1.1 - mix(first, other, mixing)) * lamp * (1.0 - exp(-inked * 1.6)) * (0.1 + 0.9 * facing * roll);
    vec3 light = paper * through + own * mix(0.8, 0.2, ground) * (0.7 + 0.3 * young / shares.x + 0.2 * pulse * roll);

    // pigment: the finest grains glint
    vec2 grid = w * 30.0;
    float h = hash2(mod(floor(grid), LATTICE));
    vec2 g = fract(grid) - 0.5 - 0.5 * (vec2(fract(h * 17.0), fract(h * 31.0)) - 0.5);
    float size = max(0.04, 1.3 * pixel * 30.0);
    light += (0.15 + 0.4 * treble) * own * step(0.8, h) * exp(-dot(g, g) / (size * size));
    gl_FragColor = vec4(curve(light) + dither(), 1.0);
}
