/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A spiral galaxy turns among the stars, seen from above or from the edge: arms, dust lanes, young stars, a glowing core.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "inclination", "LABEL": "Tilt", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.55},
    {"NAME": "angle", "LABEL": "Angle", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.6},
    {"NAME": "twist", "LABEL": "Twist of the arms", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.55},
    {"NAME": "arms", "LABEL": "Number of arms", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.2},
    {"NAME": "core", "LABEL": "Brightness of the core", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
    {"NAME": "hue", "LABEL": "Hue", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.35},
    {"NAME": "dust", "LABEL": "Dust", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.55},
    {"NAME": "nearness", "LABEL": "Nearness", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.4},
    {"NAME": "brightness", "LABEL": "Brightness", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.6},
    {"NAME": "seed", "LABEL": "Place", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.3},
    {"NAME": "pulse", "LABEL": "Onset", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "bass", "LABEL": "Bass", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "mid", "LABEL": "Middle", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "treble", "LABEL": "Treble", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "energy", "LABEL": "Energy", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5}
  ]
}*/

// A sine within 0.00002, for a third of its price where the processor draws.
float sine(float x) {
    float y = 2.0 * fract(x / 6.2831853) - 1.0, u = abs(y) * (1.0 - abs(y));
    return y * (abs(y) - 1.0) * (3.14235 + u * (3.12498 + 1.22205 * u));
}
float cosine(float x) { return sine(x + 1.5707963); }

float hash1(vec2 p) {
    vec3 q = fract(p.xyx * vec3(0.1031, 0.1030, 0.0973));
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}

vec2 hash2(vec2 p) {
    vec3 q = fract(p.xyx * vec3(0.1031, 0.1030, 0.0973));
    q += dot(q, q.yzx + 33.33);
    return fract((q.xx + q.yz) * q.zy);
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

mat2 turn(float a) {
    float c = cosine(a), s = sine(a);
    return mat2(c, s, -s, c);
}

// Young stars and the gas around them, old stars, and the glow of the empty sky.
vec3 young() {
    vec3 blue = vec3(0.30, 0.52, 1.0), violet = vec3(0.62, 0.30, 1.0), rose = vec3(1.0, 0.36, 0.52),
        teal = vec3(0.32, 0.66, 0.82);
    vec3 cold = mix(teal, blue, smoothstep(0.0, 0.3, hue));
    return mix(mix(cold, violet, smoothstep(0.35, 0.65, hue)), rose, smoothstep(0.7, 1.0, hue));
}

vec3 old() { return mix(vec3(1.0, 0.80, 0.52), vec3(1.0, 0.62, 0.36), hue); }

// One star to a cell, kept away from its edges. `key` tells fields apart; few are bright.
vec3 stars(vec2 p, float cells, float key, float power) {
    vec2 i = floor(p * cells), h = hash2(i + key), f = fract(p * cells) - 0.5 - 0.6 * (h - 0.5);
    float bright = pow(hash1(i + key + 7.7), power);
    float size = max(0.0016 * (0.6 + 1.6 * bright), 1.15 / min(RENDERSIZE.x, RENDERSIZE.y)), d = length(f) / cells;
    float blink = 0.75 + (0.2 + 0.4 * treble) * sine(TIME * (1.0 + 2.0 * h.x) + 40.0 * h.y);
    float shine = exp(-d * d / (size * size)) + 0.05 * bright * size / (d + size) * smoothstep(0.2 / cells, 0.0, d);
    return mix(vec3(1.0, 0.72, 0.48), vec3(0.60, 0.76, 1.0), h.y) * bright * blink * shine;
}

vec3 curve(vec3 c) {
    c = c * (2.51 * c + 0.03) / (c * (2.43 * c + 0.59) + 0.14);
    return sqrt(clamp(c, 0.0, 1.0));
}

float dither() { return (hash1(gl_FragCoord.xy + 7.0 * mod(floor(TIME * 24.0), 61.0)) - 0.5) / 255.0; }

void main() {
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE / min(RENDERSIZE.x, RENDERSIZE.y);
    float breath = 1.0 - 0.02 * pulse - 0.012 * sine(0.25 * TIME);
    vec2 sky = p * breath + seed * 3.0;
    float scale = mix(1.25, 0.42, nearness) / sqrt(max(wide(), -low()) * 1.4);
    vec2 centre = vec2(0.10 * sine(6.28 * seed), 0.05 * cosine(6.28 * seed)) * (0.4 + nearness);
    float flat_ = mix(1.0, 0.17, smoothstep(0.0, 1.0, inclination));  // a round disc seen from the side
    vec2 face = turn(3.14 * angle + 0.3) * (p - centre) * breath * scale;
    vec2 q = vec2(face.x, face.y / flat_);
    float r = length(q), wind = mix(1.6, 4.2, twist);
    float spin = wind * log(r + 0.035) - 0.085 * TIME + 0.05 * bass;
    vec2 w = turn(spin) * q;                 // here the arms are straight: what varies across w runs along them
    float theta = atan(w.y, w.x);
    float ruffle = noise2(w * 5.0 + 3.0 * seed) + 0.5 * noise2(w * 11.0 + 9.0);
    float two = 0.5 + 0.5 * cosine(2.0 * theta + 0.9 * ruffle), more = 0.5 + 0.5 * cosine(5.0 * theta + 2.2 * ruffle);
    float arm = mix(two, 0.35 * two + 0.65 * more, arms);
    float disc = exp(-r * 4.6) * smoothstep(0.95, 0.55, r);

    // Detail: drawn out along the arms in w, in round clumps in g, which turns as one piece.
    vec2 g = turn(-0.085 * TIME) * q * 1.3;
    float clump = noise2(g * 9.0 + 3.0) + 0.55 * noise2(g * 19.0 + 8.0),
        fine = noise2(g * 41.0 + 5.0) + 0.5 * noise2(g * 87.0 + 2.0);
    float cloud = 0.42 + 0.42 * ruffle + 0.38 * clump + 0.22 * fine;
    float vein = 1.0 - abs(0.8 * noise2(w * 6.0 + 0.35 * clump + 17.0) + 0.35 * clump + 0.16 * fine);
    float inner = 0.5 + 0.5 * cosine(2.0 * theta + 1.3);  // dust gathers on the inner side of an arm
    float lane = smoothstep(0.55, 0.97, vein) * smoothstep(0.03, 0.14, r) * (0.30 + 0.70 * inner);
    float knot = smoothstep(0.55, 1.05, value2(g * 71.0 + 3.0) * (0.35 + 0.65 * arm) + 0.22 * clump) * smoothstep(0.06, 0.2, r);

    float shine = (0.55 + 0.9 * brightness) * (1.0 + 0.25 * pulse * exp(-18.0 * abs(r - 0.45 * (1.0 - pulse))));
    vec3 light = young() * disc * (0.16 + 2.4 * pow(arm, 1.8)) * (0.10 + 1.15 * clamp(cloud, 0.0, 1.6)) * 1.15;
    light += mix(young(), vec3(1.0), 0.5) * disc * pow(arm, 3.0) * clamp(cloud - 0.45, 0.0, 1.0) * 2.4;
    light += vec3(1.0, 0.30, 0.45) * knot * disc * 3.0 * (1.0 + 0.4 * mid);
    light += old() * exp(-r * 8.5) * (0.42 + 0.25 * cloud);
    light *= mix(vec3(1.0), vec3(0.10, 0.055, 0.04), clamp(lane * dust * 1.3, 0.0, 0.97));
    // The bulge is round and stands out of the disc, before its far side and behind the near one.
    vec2 ball = vec2(face.x, face.y / mix(flat_, 1.0, 0.55));
    float b = length(ball);
    float hidden = 1.0 - 0.75 * dust * smoothstep(0.75, 1.0, vein) * smoothstep(0.0, -0.03, face.y) * inclination;
    light += old() * (0.024 / (b + 0.03) * exp(-b * 7.0) + 1.0 * exp(-b * b * 1400.0)) * (0.3 + 1.3 * core) * hidden;
    vec3 c = light * shine;

    float veil = noise2(sky * 1.7 + 4.0) + 0.5 * noise2(sky * 3.9 + vec2(0.02 * TIME, 1.0));
    c += mix(young(), vec3(0.25, 0.12, 0.3), 0.6) * 0.045 * (0.55 + veil) * (0.4 + brightness);
    vec3 field = stars(sky, 7.0, 1.0, 12.0) * 3.0 + stars(turn(0.5) * sky, 19.0, 5.0, 10.0) * 1.5
        + stars(turn(1.1) * sky, 47.0, 9.0, 9.0) * 0.8;
    c += field * (0.5 + 0.7 * brightness) * exp(-1.2 * dot(light, vec3(0.4)));
    vec2 grain = g;                          // stars of the disc itself
    c += stars(grain + 5.0, 60.0, 3.0, 6.0) * disc * arm * 3.2 * shine;
    vec2 v = isf_FragNormCoord - 0.5;
    c *= 1.0 - 0.6 * dot(v, v);
    gl_FragColor = vec4(curve(c) + dither(), 1.0);
}
