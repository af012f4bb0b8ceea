/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A lost broadcast: grain, torn lines, colours that part, and something that stands behind it.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "signal", "LABEL": "Loss of the signal", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.55},
    {"NAME": "tear", "LABEL": "Torn lines", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
    {"NAME": "ghost", "LABEL": "Somebody there", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.6},
    {"NAME": "tint", "LABEL": "From grey over green to red", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.25},
    {"NAME": "dark", "LABEL": "Darkness", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
    {"NAME": "roll", "LABEL": "Rolling picture", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.3},
    {"NAME": "nearness", "LABEL": "Nearness", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.4},
    {"NAME": "part", "LABEL": "Colours that part", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
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

// Value noise, 0..1: half the work of gradient noise.
float value2(vec2 p) {
    vec2 i = floor(p), f = p - i, u = f * f * (3.0 - 2.0 * f);
    vec4 h = corners(i);
    return mix(mix(h.x, h.y, u.x), mix(h.z, h.w, u.x), u.y);
}

float low() { return -0.5 * RENDERSIZE.y / min(RENDERSIZE.x, RENDERSIZE.y); }
float wide() { return 0.5 * RENDERSIZE.x / min(RENDERSIZE.x, RENDERSIZE.y); }

// Noise that changes from one moment to the next by a soft cross-fade, so that nothing flickers.
float restless(vec2 cell, float rate, float key) {
    float t = TIME * rate, k = mod(floor(t), 512.0), f = fract(t);
    float next = mod(k + 1.0, 512.0);
    return mix(value2(cell + vec2(k * 37.0 + key, k * 17.0)), value2(cell + vec2(next * 37.0 + key, next * 17.0)), f * f * (3.0 - 2.0 * f));
}

// How far a line is thrown sideways.
float torn(float y) {
    float t = 0.35 * TIME, band = noise2(vec2(y * 3.0 + seed * 9.0, t)), bars = noise2(vec2(y * 17.0, 2.3 * t + 4.0));
    float fierce = smoothstep(0.18, 0.62, band + 0.25 * pulse);
    float hook = exp(-8.0 * abs(y + 0.38 - 0.05 * sin(0.9 * TIME)));  // the foot of the picture leans over, as on worn tape
    return tear * (0.16 * fierce * bars + 0.012 * noise2(vec2(y * 60.0, 5.0 * t)) + 0.05 * hook * bars + (0.03 * bass + 0.02 * energy) * band);
}

// The nearer of two distances, rounded where they meet.
float melt(float a, float b, float k) {
    float h = max(k - abs(a - b), 0.0) / k;
    return min(a, b) - 0.25 * h * h * k;
}

// What was being sent: a passage with a lit door at its end, and somebody in it. Light 0..1.
float scene(vec2 p) {
    float near = mix(0.75, 1.7, nearness) * (1.0 + 0.03 * sin(0.23 * TIME));
    vec2 q = p / near - vec2(0.03 * sin(0.31 * TIME + 6.0 * seed), 0.0);
    // Walls, floor and ceiling run to the vanishing point; far away is lighter.
    vec2 box = abs(q - vec2(0.0, 0.03)) / vec2(0.62, 0.72);
    float depth = 0.16 / (max(box.x, box.y) + 0.02), side = step(box.y, box.x);
    float ribs = 0.5 + 0.5 * cos(min(depth, 2.0) * 19.0 + 0.25 * TIME);
    float wall = clamp(depth * 0.32, 0.0, 0.42) * mix(0.85, 0.62, side) * (0.78 + 0.22 * ribs);
    vec2 d = abs(q - vec2(0.0, 0.035)) - vec2(0.088, 0.145);
    float door = smoothstep(0.012, -0.012, max(d.x, d.y));
    float light = wall + door * 0.75 + 0.20 * exp(-9.0 * length(max(d, 0.0)));
    light += 0.20 * exp(-abs(q.x) * 7.0) * smoothstep(-0.12, -0.45, q.y);    // light of the door on the floor
    // Somebody: too tall, arms too long, the head a little aslant; it sways.
    vec2 b = q - vec2(0.006 * sin(0.8 * TIME) + 0.02 * noise2(vec2(0.3 * TIME, 2.0)), -0.035);
    b.x += 0.05 * b.y * sin(0.47 * TIME);
    b /= 1.22;
    float torso = max(abs(b.x) - 0.022 - 0.10 * max(b.y - 0.02, 0.0) - 0.05 * max(-b.y, 0.0), max(b.y - 0.084, -0.06 - b.y));
    float legs = max(abs(abs(b.x) - 0.0135) - 0.0105 - 0.01 * b.y, max(b.y + 0.03, -0.20 - b.y));
    float arms = length(vec2(abs(b.x) - 0.036 - 0.05 * (0.075 - b.y), max(max(b.y - 0.072, -0.085 - b.y), 0.0))) - 0.0075;
    vec2 h = (b - vec2(0.006, 0.122)) * vec2(1.25, 1.0);
    float head = length(h) - 0.027, neck = max(abs(b.x) - 0.009, abs(b.y - 0.09) - 0.02);
    float someone = smoothstep(0.010, -0.004, melt(melt(torso, arms, 0.016), melt(melt(head, neck, 0.012), legs, 0.012), 0.014));
    float shadow = smoothstep(0.06, 0.0, abs(b.x + 0.12 * (b.y + 0.2)) - 0.02) * smoothstep(-0.18, -0.5, b.y);
    light *= 1.0 - 0.93 * someone * smoothstep(0.0, 0.5, ghost) - 0.5 * shadow * ghost;
    // Two eyes that do not belong there.
    vec2 e = vec2(abs(h.x) - 0.0115, h.y - 0.004);
    return light + 0.75 * smoothstep(0.55, 1.0, ghost) * exp(-dot(e, e) * 60000.0 / (1.0 + 2.0 * pulse)) * someone;
}

vec3 curve(vec3 c) {
    c = c * (2.51 * c + 0.03) / (c * (2.43 * c + 0.59) + 0.14);
    return sqrt(clamp(c, 0.0, 1.0));
}

float dither() { return (hash1(gl_FragCoord.xy + 7.0 * mod(floor(TIME * 24.0), 61.0)) - 0.5) / 255.0; }

void main() {
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE / min(RENDERSIZE.x, RENDERSIZE.y);
    float pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    p *= 1.0 + 0.10 * dot(p, p) - 0.012 * pulse;  // glass that bulges
    float slip = roll * (0.25 * smoothstep(0.1, 0.7, noise2(vec2(0.13 * TIME, 3.0 + seed))) + 0.03 * sin(2.1 * TIME));
    vec2 at = vec2(p.x + torn(p.y), p.y + slip);
    // Colours part: each is read at its own place. The middle one is sharp, the others drag behind.
    float apart = part * (0.006 + 0.022 * smoothstep(0.1, 0.6, abs(torn(p.y)) * 6.0) + 0.006 * mid);
    float r = scene(at + vec2(apart, 0.002)), g = scene(at), b = scene(at - vec2(apart, 0.0015));
    float echo = scene(at + vec2(0.075, 0.0)) * 0.16;  // the signal once more, late, from some hillside
    vec3 c = vec3(r, g, b) * 0.9 + echo;

    // Grain of a size of its own: never finer than about three pixels.
    float grains = min(150.0, 0.30 / pixel);
    vec2 cell = vec2(p.x * 0.55, p.y) * grains;
    float coarse = restless(vec2(p.x * 14.0, p.y * 46.0) + seed * 9.0, 5.0, 3.0);
    float fine = restless(cell, 9.0, 11.0) - 0.5, snow = fine + 0.55 * (restless(cell * 0.47, 7.0, 5.0) - 0.5);
    float lost = clamp(signal * 1.15 - 0.25 + 0.75 * (coarse - 0.5) * signal + 0.4 * smoothstep(0.2, 0.7, abs(torn(p.y)) * 5.0), 0.0, 0.94);
    float grey = 0.17 + 0.24 * snow * (1.0 + 0.5 * treble);
    c = mix(c, vec3(grey), lost * 0.85) + snow * (0.05 + 0.10 * signal);

    // Streaks where the tape has lost its coat, and the bar that wanders up the tube.
    float line = floor(p.y * 90.0), streak = restless(vec2(p.x * 3.0, line * 5.3), 3.0, 23.0);
    float drop = smoothstep(0.86 - 0.12 * tear, 0.97, streak) * (0.35 + 0.65 * tear);
    c += drop * 0.30 * (0.6 + 0.4 * fine) * smoothstep(0.5, 0.15, abs(fract(p.y * 90.0) - 0.5));
    float bar = fract(p.y * 0.55 - 0.07 * TIME + seed);
    c *= 1.0 + 0.20 * exp(-pow((bar - 0.5) * 7.0, 2.0)) - 0.10 * smoothstep(0.75, 0.95, bar);
    float lines = smoothstep(5.0, 9.0, 1.0 / (pixel * 75.0));  // scan lines, where there are pixels enough for them
    c *= 1.0 - 0.16 * lines * (0.5 + 0.5 * cos(6.2831853 * p.y * 75.0));

    vec3 cold = vec3(0.80, 0.92, 1.05), sick = vec3(0.74, 1.02, 0.62), red = vec3(1.15, 0.30, 0.24);
    c *= mix(mix(cold, sick, smoothstep(0.1, 0.5, tint)), red, smoothstep(0.55, 0.95, tint));
    c = max(c, 0.0) * mix(1.35, 0.62, dark) + vec3(0.010, 0.012, 0.016);
    vec2 v = isf_FragNormCoord - 0.5;
    c *= 1.06 - (1.1 + 0.7 * dark) * dot(v, v);
    gl_FragColor = vec4(curve(c) + dither(), 1.0);
}
