/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A television at night between two stations: snow, torn lines, and a test card that comes through now and then.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "signal", "LABEL": "Loss of the signal", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.55},
    {"NAME": "tear", "LABEL": "Torn lines", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
    {"NAME": "card", "LABEL": "Test card comes through", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.6},
    {"NAME": "tint", "LABEL": "From grey over green to red", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.25},
    {"NAME": "dark", "LABEL": "Darkness", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
    {"NAME": "roll", "LABEL": "Rolling picture", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.3},
    {"NAME": "nearness", "LABEL": "From the room to the tube", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.22},
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




// Noise that changes from one moment to the next by a soft cross-fade, so that nothing flickers.
float restless(vec2 cell, float rate, float key) {
    float t = TIME * rate, k = mod(floor(t), 512.0), f = fract(t);
    float next = mod(k + 1.0, 512.0);
    return mix(value2(cell + vec2(k * 37.0 + key, k * 17.0)), value2(cell + vec2(next * 37.0 + key, next * 17.0)),
        f * f * (3.0 - 2.0 * f));
}

// How far a line is thrown sideways.
float torn(float y) {
    float t = 0.35 * TIME, band = noise2(vec2(y * 3.0 + seed * 9.0, t)), bars = noise2(vec2(y * 17.0, 2.3 * t + 4.0));
    float fierce = smoothstep(0.18, 0.62, band + 0.25 * pulse);
    float hook = exp(-8.0 * abs(y + 0.38 - 0.05 * sin(0.9 * TIME)));  // the foot of the picture leans over, as on worn tape
    return tear * (0.16 * fierce * bars + 0.012 * noise2(vec2(y * 60.0, 5.0 * t)) + 0.05 * hook * bars
        + (0.03 * bass + 0.02 * energy) * band);
}

float round_box(vec2 d, vec2 size, float corner) {
    vec2 e = abs(d) - size + corner;
    return length(max(e, 0.0)) + min(max(e.x, e.y), 0.0) - corner;
}

// What one of the stations sends: a test card. `q.y` is -1..1 over the tube; `soft`: how blurred it comes.
vec3 test_card(vec2 q, float soft) {
    vec2 grid = abs(fract(q * 4.5) - 0.5) / 4.5;
    vec3 c = mix(vec3(0.24), vec3(0.85), smoothstep(0.018 + soft, 0.010, min(grid.x, grid.y)));
    float r = length(q);
    float n = clamp(floor((q.x + 0.90) / 1.8 * 7.0), 0.0, 6.0);  // bars, in the order of their brightness
    vec3 bars = vec3(step(mod(n, 4.0), 1.5), step(n, 3.5), step(mod(n, 2.0), 0.5)) * 0.72 + 0.03;
    float steps = floor((q.x + 0.9) / 1.8 * 6.0) / 5.0, teeth = 0.5 + 0.5 * cos(q.x * mix(14.0, 34.0, step(0.0, q.x)) * 2.0);
    vec3 inner = q.y > 0.28 ? bars : (q.y > -0.02 ? vec3(teeth * 0.8)
        : (q.y > -0.30 ? vec3(clamp(steps, 0.0, 1.0)) : vec3(0.06)));
    inner = mix(inner, vec3(0.9), step(abs(q.y + 0.50), 0.10) * step(abs(q.x), 0.34));
    inner = mix(inner, vec3(0.9), step(0.66, q.y));
    c = mix(c, inner, smoothstep(0.01 + soft, -0.01, r - 0.90));
    c = mix(c, vec3(0.95), smoothstep(0.02 + soft, 0.012, abs(r - 0.90)));
    c = mix(c, vec3(0.95), smoothstep(0.012 + soft, 0.006, min(abs(q.x), abs(q.y + 0.02))) * step(r, 0.9) * 0.8);
    return c;
}

vec3 curve(vec3 c) {
    c = c * (2.51 * c + 0.03) / (c * (2.43 * c + 0.59) + 0.14);
    return sqrt(clamp(c, 0.0, 1.0));
}

float dither() { return (hash1(gl_FragCoord.xy + 7.0 * mod(floor(TIME * 24.0), 61.0)) - 0.5) / 255.0; }

// The tube's picture at p (its height is -0.5..0.5), before its glass.
vec3 tube(vec2 p, float pixel) {
    float slip = roll * (0.25 * smoothstep(0.1, 0.7, noise2(vec2(0.13 * TIME, 3.0 + seed))) + 0.03 * sin(2.1 * TIME));
    vec2 at = vec2(p.x + torn(p.y), p.y + slip) * 2.0;
    // Colours part: each is read at its own place; the signal comes once more, late, from some hillside.
    float apart = part * (0.012 + 0.044 * smoothstep(0.1, 0.6, abs(torn(p.y)) * 6.0) + 0.012 * mid), soft = 0.02 + 0.04 * signal;
    vec3 sent = vec3(test_card(at + vec2(apart, 0.004), soft).r, test_card(at, soft).g,
        test_card(at - vec2(apart, 0.003), soft).b);
    sent = 0.72 * sent + 0.13 * test_card(at + vec2(0.15, 0.0), soft);

    // Grain of a size of its own: never finer than about three pixels.
    float grains = min(150.0, 0.30 / pixel);
    vec2 cell = vec2(p.x * 0.55, p.y) * grains;
    float coarse = restless(vec2(p.x * 14.0, p.y * 46.0) + seed * 9.0, 5.0, 3.0);
    float fine = restless(cell, 9.0, 11.0) - 0.5, snow = fine + 0.55 * (restless(cell * 0.47, 7.0, 5.0) - 0.5);
    float fades = 0.5 + 0.5 * noise2(vec2(0.17 * TIME + 31.0 * seed, 9.0));
    float comes = clamp(card * 1.25 - 0.10 + 0.35 * (fades - 0.5) - 0.55 * signal * (0.4 + coarse), 0.0, 0.92);
    comes *= 1.0 - 0.8 * smoothstep(0.2, 0.7, abs(torn(p.y)) * 5.0);
    float bands = 0.5 + 0.5 * noise2(vec2(p.y * 2.1 - 0.5 * TIME, 7.0 + seed));
    vec3 c = mix(vec3(0.15 + 0.12 * bands + 0.55 * snow * (1.0 + 0.4 * treble)), sent, comes) + snow * (0.04 + 0.12 * signal);

    // Streaks, and the bar that wanders up the tube.
    float line = floor(p.y * 90.0), streak = restless(vec2(p.x * 3.0, line * 5.3), 3.0, 23.0);
    float drop = smoothstep(0.86 - 0.12 * tear, 0.97, streak) * (0.35 + 0.65 * tear);
    c += drop * 0.30 * (0.6 + 0.4 * fine) * smoothstep(0.5, 0.15, abs(fract(p.y * 90.0) - 0.5));
    float bar = fract(p.y * 0.55 - 0.07 * TIME + seed);
    c *= 1.0 + 0.20 * exp(-pow((bar - 0.5) * 7.0, 2.0)) - 0.10 * smoothstep(0.75, 0.95, bar);
    float lines = smoothstep(5.0, 9.0, 1.0 / (pixel * 75.0));  // scan lines, where there are pixels enough for them
    return c * (1.0 - 0.20 * lines * (0.5 + 0.5 * cos(6.2831853 * p.y * 75.0)));
}

// What stands in the room: wall, set and the table that mirrors it. `q` in half heights of the tube, `light`: what that sends.
vec3 room(vec2 q, vec3 light, float pixel) {
    float set = round_box(q - vec2(0.0, -0.02), vec2(1.60, 1.26), 0.10), away = max(set, 0.0), table = -1.27;
    float paper = 0.75 + 0.25 * smoothstep(0.2, 0.3, abs(fract(q.x * 2.6) - 0.5)) * (0.8 + 0.4 * value2(q * 9.0));
    vec3 c = light * paper * vec3(0.50, 0.42, 0.40) * (0.20 * exp(-1.9 * away) + 0.03 * exp(-0.6 * away));
    vec2 beside = q - vec2(2.05, 0.95);  // a lamp stands there, in rooms that are not dark
    c += paper * vec3(1.05, 0.55, 0.20) * (1.0 - dark) * (1.0 - dark) * (0.12 + 1.8 / (1.0 + 3.0 * dot(beside, beside)));
    for (int i = 0; i < 2; i++) {  // two rods of an aerial
        vec2 from = vec2(0.0, 1.20), to = vec2(i == 0 ? -0.62 : 0.80, i == 0 ? 2.05 : 1.90), a = q - from, b = to - from;
        float u = clamp(dot(a, b) / dot(b, b), 0.0, 1.0), d = length(a - b * u);
        c = mix(c, light * 0.10 + 0.004, smoothstep(0.016 + pixel, 0.016 - pixel, d));
    }
    float wood = value2(vec2(q.x * 3.0, q.y * 60.0)) * 0.5 + value2(vec2(q.x * 9.0, q.y * 140.0)) * 0.5;
    if (q.y < table) {
        float below = table - q.y, mirrored = exp(-0.9 * max(abs(q.x) - 1.2, 0.0)) * exp(-1.1 * below);
        c = light * vec3(0.50, 0.34, 0.22) * (0.35 + 0.5 * wood) * (0.30 * mirrored + 0.02) * smoothstep(0.0, 0.10, below);
    }
    // the set: a front of plastic that slopes in to the tube, knobs at its side
    float tube_edge = round_box(q, vec2(1.25, 1.0), 0.24);
    vec3 front = vec3(0.045, 0.040, 0.038) * (0.6 + 0.5 * wood) + light * 0.34 * exp(-15.0 * max(tube_edge, 0.0));
    front += light * 0.02 * smoothstep(0.06, 0.0, abs(set));
    vec2 knob = vec2(q.x - 1.45, abs(q.y + 0.75) - 0.14);
    float k = length(knob) - 0.075;
    front = mix(front, vec3(0.02) + light * 0.16 * smoothstep(0.05, -0.10, knob.x), smoothstep(pixel * 3.0, -pixel * 3.0, k));
    front *= q.y < table ? 0.6 : 1.0;
    return mix(c, front, smoothstep(pixel * 3.0, -pixel * 3.0, set) * step(table - 0.03, q.y));
}

void main() {
    vec2 extent = 0.5 * RENDERSIZE / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * 2.0 * extent;
    float pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    float unit = min(extent.y, extent.x * 0.80) * mix(0.50, 1.75, nearness * nearness) * (1.0 + 0.012 * pulse + 0.008 * sin(0.3 * TIME));
    vec2 q = (p - vec2(0.0, mix(0.02, 0.0, nearness))) / unit;
    float edge = round_box(q, vec2(1.25, 1.0), 0.24), inside = smoothstep(2.0 * pixel, -2.0 * pixel, edge * unit);

    vec3 cold = vec3(0.80, 0.92, 1.05), sick = vec3(0.62, 1.05, 0.50), red = vec3(1.25, 0.20, 0.16);
    vec3 hue = mix(mix(cold, sick, smoothstep(0.1, 0.5, tint)), red, smoothstep(0.55, 0.95, tint)) * mix(2.1, 0.15, dark);
    vec2 bulged = q * (0.46 + 0.035 * dot(q, q));  // glass that bulges
    vec3 c = max(tube(bulged, pixel / unit * 0.5), 0.0) * hue;
    c *= 1.05 - 0.30 * dot(q, q) * 0.6;
    c += hue * 0.05 * smoothstep(0.5, 1.3, q.y - 0.25 * q.x) * smoothstep(1.0, 0.8, abs(q.y));  // the room in its glass
    c *= smoothstep(0.0, -0.06, edge) * 0.6 + 0.4;
    float breath = 0.8 + 0.25 * noise2(vec2(1.9 * TIME, 5.0)) + 0.1 * bass;
    c = mix(room(q, hue * breath, pixel / unit), c, inside);
    c += hue * 0.035 * exp(-2.2 * max(edge, 0.0)) * breath;  // bloom
    c *= 1.0 - 0.35 * dot(p, p) / dot(extent, extent);
    gl_FragColor = vec4(curve(c * 1.2) + dither(), 1.0);
}
