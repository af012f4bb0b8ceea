/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Silk that flows: long folds with the sheen of satin, a lighter veil drawn over heavier cloth.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "hue", "LABEL": "Hue", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.05},
    {"NAME": "second", "LABEL": "Second hue", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.4},
    {"NAME": "depth", "LABEL": "Depth of colour", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.6},
    {"NAME": "sheen", "LABEL": "Sheen", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.6},
    {"NAME": "folds", "LABEL": "Number of folds", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.4},
    {"NAME": "swirl", "LABEL": "Swirl", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
    {"NAME": "veil", "LABEL": "Veil", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.6},
    {"NAME": "light", "LABEL": "Light", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.6},
    {"NAME": "seed", "LABEL": "Place", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.3},
    {"NAME": "pulse", "LABEL": "Onset", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "bass", "LABEL": "Bass", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "mid", "LABEL": "Middle", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "treble", "LABEL": "Treble", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "energy", "LABEL": "Energy", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5}
  ]
}*/

float hash1(vec2 p) {
    vec3 q = fract(p.xyx * vec3(0.1031, 0.1030, 0.0973));
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}

// One number for each corner of a cell, all four at once.
vec4 corners(vec2 i) {
    vec4 x = fract(vec4(i.x, i.x + 1.0, i.x, i.x + 1.0) * 0.1031);
    vec4 y = fract(vec4(i.yy, i.yy + 1.0) * 0.1137);
    return fract((x + 7.13) * (y + 11.71) * (x + y + 3.37) * 9.173);
}

// Gradient noise, -1..1.
float noise2(vec2 p) {
    vec2 i = floor(p), f = p - i, u = f * f * f * (f * (f * 6.0 - 15.0) + 10.0);
    vec4 h = corners(i);
    vec4 v = (h * 2.0 - 1.0) * vec4(f.x, f.x - 1.0, f.x, f.x - 1.0)
        + (fract(h * 57.31) * 2.0 - 1.0) * vec4(f.yy, f.yy - 1.0);
    return 1.4 * mix(mix(v.x, v.y, u.x), mix(v.z, v.w, u.x), u.y);
}

mat2 turn(float a) {
    float c = cos(a), s = sin(a);
    return mat2(c, s, -s, c);
}

// Dyes: crimson, amber, olive, teal, ultramarine, violet and back to crimson.
vec3 dye(float t) {
    t = fract(t) * 6.0;
    vec3 c = mix(vec3(0.62, 0.03, 0.07), vec3(0.88, 0.40, 0.06), smoothstep(0.0, 1.0, t));
    c = mix(c, vec3(0.30, 0.36, 0.08), smoothstep(1.0, 2.0, t));
    c = mix(c, vec3(0.02, 0.36, 0.38), smoothstep(2.0, 3.0, t));
    c = mix(c, vec3(0.04, 0.10, 0.55), smoothstep(3.0, 4.0, t));
    c = mix(c, vec3(0.34, 0.07, 0.50), smoothstep(4.0, 5.0, t));
    return mix(c, vec3(0.62, 0.03, 0.07), smoothstep(5.0, 6.0, t));
}

// Height of the cloth: noise drawn out along the folds, bent by slow currents; the finer a fold, the sooner it ends.
float cloth(vec2 p, float key) {
    float t = 0.16 * TIME;
    vec2 q = p + (0.10 + 0.42 * swirl) * vec2(noise2(p * 1.0 + vec2(key, t)), noise2(p * 1.0 + vec2(7.0 - t, key)));
    q += (0.02 + 0.05 * swirl) * noise2(p * 2.6 + vec2(key - 0.8 * t, t));
    float many = mix(1.5, 4.4, folds);
    vec2 u = vec2(q.x * many + 0.35 * t, q.y * 0.75 - 0.5 * t) + key * 3.7;
    float broad = noise2(u), narrow = noise2(vec2(u.x * 2.2 + 0.5 * broad, u.y * 1.5 + 3.0)),
        thin = noise2(vec2(u.x * 4.7 + 0.6 * narrow, u.y * 2.3 + 8.0));
    float crease = sqrt(narrow * narrow + 0.006);  // folded over: round crests, sharp valleys
    return (0.62 * broad - 0.34 * crease + 0.085 * thin) / sqrt(many) + 0.03 * bass * noise2(p * 2.0 + 1.5 * t);
}

// Colour of the cloth at p. `own` and `other` are its two threads: which one is seen depends on how it is turned.
vec3 satin(vec2 p, float key, vec3 own, vec3 other, out float height) {
    float step_ = 0.006;
    height = cloth(p, key);
    vec2 slope = vec2(cloth(p + vec2(step_, 0.0), key) - height, cloth(p + vec2(0.0, step_), key) - height) / step_;
    vec3 n = normalize(vec3(-slope * 0.85, 1.0));
    vec3 lamp = normalize(vec3(-0.55 + 0.25 * sin(0.13 * TIME), 0.62, 0.62)), eye = vec3(0.0, 0.0, 1.0),
        h = normalize(lamp + eye);
    float lit = clamp(dot(n, lamp), 0.0, 1.0), across = dot(n.xy, vec2(0.86, -0.5));
    vec3 thread = mix(own, other, smoothstep(-0.15, 0.75, across));
    float hollow = smoothstep(-0.55, 0.35, height);              // the valleys get little light
    float narrow = pow(max(dot(n, h), 0.0), mix(14.0, 46.0, sheen)), wide = pow(max(dot(n, h), 0.0), 5.0);
    float rim = pow(1.0 - n.z, 2.0);
    vec3 c = thread * (0.045 + 0.95 * lit * lit) * (0.30 + 0.85 * hollow);
    c += mix(thread, vec3(1.0, 0.95, 0.88), 0.35) * wide * (0.12 + 0.42 * sheen) * hollow;
    c += mix(thread, vec3(1.0, 0.97, 0.92), 0.72) * narrow * (0.15 + 1.1 * sheen) * (0.45 + 0.55 * hollow)
        * (1.0 + 0.35 * pulse);
    return c + mix(other, vec3(1.0), 0.15) * rim * 0.34 * (0.35 + 0.65 * hollow);
}

vec3 curve(vec3 c) {
    c = c * (2.51 * c + 0.03) / (c * (2.43 * c + 0.59) + 0.14);
    return sqrt(clamp(c, 0.0, 1.0));
}

float dither() { return (hash1(gl_FragCoord.xy + 7.0 * mod(floor(TIME * 24.0), 61.0)) - 0.5) / 255.0; }

void main() {
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE / min(RENDERSIZE.x, RENDERSIZE.y);
    p *= 1.0 - 0.02 * pulse;
    float pixel = 1.5 / min(RENDERSIZE.x, RENDERSIZE.y);
    vec3 first = dye(hue), other = dye(hue + 0.06 + 0.26 * second);
    float grey = 0.85 * smoothstep(0.35, 0.0, depth);
    first = mix(first, vec3(dot(first, vec3(0.4, 0.5, 0.2))) + 0.12, grey);
    other = mix(other, vec3(dot(other, vec3(0.4, 0.5, 0.2))) + 0.05, grey);
    float tone = mix(1.25, 0.75, depth);
    float h, h_veil;
    vec2 q = turn(0.65 + 0.35 * sin(6.28 * seed)) * p + vec2(seed * 5.0, 0.0);
    vec3 c = satin(q, 1.0 + seed, first * tone, other * tone, h);

    // The veil comes from one side; its hem swings, it darkens what lies under it near the hem.
    vec2 r = turn(-0.45 + 0.5 * sin(5.0 * seed + 1.0)) * p;
    float hem = 0.62 - 0.95 * veil + 0.16 * noise2(vec2(r.y * 1.6 + seed * 3.0, 0.10 * TIME))
        + 0.06 * noise2(vec2(r.y * 4.2, 0.17 * TIME + 4.0));
    float inside = r.x - hem;
    c *= 1.0 - 0.62 * smoothstep(-0.16, 0.0, inside) * smoothstep(0.05, 0.0, inside);
    float cover = smoothstep(-pixel, pixel, inside);
    if (cover > 0.0) {
        vec3 v = satin(r * 1.15 + vec2(0.0, 3.0 + seed * 4.0), 5.0, other * tone * 1.15,
            mix(first, vec3(1.0, 0.9, 0.8), 0.35) * tone, h_veil);
        float sewn = smoothstep(0.020, 0.012, inside) * (0.75 + 0.5 * h_veil);
        v += mix(other, vec3(1.0, 0.86, 0.62), 0.6) * sewn * 0.22;
        c = mix(c, v, cover * (0.90 + 0.10 * smoothstep(0.0, 0.1, inside)));
    }
    // Threads of metal that catch the light here and there.
    vec2 grid = r * 46.0, cell = floor(grid);
    float spark = step(0.93, hash1(cell))
        * pow(0.5 + 0.5 * sin(TIME * (0.9 + hash1(cell + 3.0)) + 40.0 * hash1(cell + 7.0)), 8.0);
    vec2 at = (fract(grid) - 0.5 - 0.4 * (hash1(cell + 9.0) - 0.5)) / 46.0;
    c += vec3(1.0, 0.90, 0.72) * spark * exp(-dot(at, at) / (1.6 * pixel * pixel)) * (0.10 + 0.9 * treble) * sheen * cover;
    c *= 0.42 + 1.15 * light;
    vec2 w = isf_FragNormCoord - 0.5 - vec2(-0.12, 0.14);
    c *= 1.15 - (1.2 - 0.5 * light) * dot(w, w);
    gl_FragColor = vec4(curve(c) + dither(), 1.0);
}
