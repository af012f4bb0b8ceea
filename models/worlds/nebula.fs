/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A nebula: deep glowing gas around young stars, pillars of dust with lit rims, many stars.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "hue", "LABEL": "Hue", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.3},
    {"NAME": "contrast", "LABEL": "Second hue", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
    {"NAME": "density", "LABEL": "Density", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.55},
    {"NAME": "dust", "LABEL": "Dust", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.55},
    {"NAME": "turbulence", "LABEL": "Turbulence", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
    {"NAME": "light", "LABEL": "Light of the young stars", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.55},
    {"NAME": "starfield", "LABEL": "Stars", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
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

// Gradient noise: value (-1..1) and its slope.
vec3 slope_noise(vec2 p) {
    vec2 i = floor(p), f = p - i;
    vec2 u = f * f * f * (f * (f * 6.0 - 15.0) + 10.0), du = 30.0 * f * f * (f * (f - 2.0) + 1.0);
    vec4 h = corners(i), gx = h * 2.0 - 1.0, gy = fract(h * 57.31) * 2.0 - 1.0;
    vec4 v = gx * vec4(f.x, f.x - 1.0, f.x, f.x - 1.0) + gy * vec4(f.yy, f.yy - 1.0);
    vec4 w = vec4((1.0 - u.x) * (1.0 - u.y), u.x * (1.0 - u.y), (1.0 - u.x) * u.y, u.x * u.y);
    float k = v.x - v.y - v.z + v.w;
    return 1.4 * vec3(dot(v, w), vec2(dot(gx, w), dot(gy, w)) + du * (u.yx * k + vec2(v.y, v.z) - v.x));
}

float low() { return -0.5 * RENDERSIZE.y / min(RENDERSIZE.x, RENDERSIZE.y); }
float wide() { return 0.5 * RENDERSIZE.x / min(RENDERSIZE.x, RENDERSIZE.y); }

mat2 turn(float a) {
    float c = cos(a), s = sin(a);
    return mat2(c, s, -s, c);
}

// Colours that glowing gas has: a walk from oxygen's teal over blue, violet and hydrogen's rose to sulphur's amber.
vec3 gas_colour(float t) {
    t = clamp(t, 0.0, 1.0) * 4.0;
    vec3 c = mix(vec3(0.06, 0.62, 0.62), vec3(0.10, 0.28, 1.0), smoothstep(0.0, 1.0, t));
    c = mix(c, vec3(0.48, 0.14, 0.95), smoothstep(1.0, 2.0, t));
    c = mix(c, vec3(1.0, 0.16, 0.36), smoothstep(2.0, 3.0, t));
    return mix(c, vec3(1.0, 0.46, 0.12), smoothstep(3.0, 4.0, t));
}

// One star to a cell. Bright ones have the cross of a telescope's mirror.
vec3 stars(vec2 p, float cells, float key, float power) {
    vec2 i = floor(p * cells), h = hash2(i + key), f = (fract(p * cells) - 0.5 - 0.5 * (h - 0.5)) / cells;
    float bright = pow(hash1(i + key + 7.7), power), d = length(f);
    float size = max(0.0016 * (0.6 + 1.8 * bright), 1.15 / min(RENDERSIZE.x, RENDERSIZE.y));
    float blink = 0.8 + (0.15 + 0.4 * treble) * sin(TIME * (0.8 + 2.0 * h.x) + 40.0 * h.y);
    vec2 a = abs(f) / size;
    float cross_ = bright * bright * (exp(-a.x * a.x - 0.16 * a.y) + exp(-a.y * a.y - 0.16 * a.x));
    float shine = exp(-d * d / (size * size)) + (0.06 * bright * size / (d + size) + 0.45 * cross_)
        * smoothstep(0.25 / cells, 0.0, d);
    return mix(vec3(1.0, 0.70, 0.46), vec3(0.62, 0.78, 1.0), h.y) * bright * blink * shine;
}

vec3 curve(vec3 c) {
    c = c * (2.51 * c + 0.03) / (c * (2.43 * c + 0.59) + 0.14);
    return sqrt(clamp(c, 0.0, 1.0));
}

float dither() { return (hash1(gl_FragCoord.xy + 7.0 * mod(floor(TIME * 24.0), 61.0)) - 0.5) / 255.0; }

void main() {
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE / min(RENDERSIZE.x, RENDERSIZE.y);
    p *= 1.0 - 0.015 * pulse - 0.02 * sin(0.11 * TIME);
    vec2 home = vec2(0.22 * sin(6.28 * seed), 0.12 * cos(5.0 * seed)) * vec2(wide() * 1.6, 1.0);
    vec2 to_star = home - p;
    float d = length(to_star), t = 0.055 * TIME;
    vec2 q = turn(0.25 * sin(3.0 * seed) + 0.02 * sin(0.1 * TIME)) * p * 1.55 + vec2(seed * 7.0 + 0.012 * TIME, seed * 5.0);

    // Gas far behind: wide, soft, in the second hue.
    float wild = 0.35 + 1.1 * turbulence + 0.2 * mid;
    vec2 bend = vec2(noise2(q * 0.9 + t), noise2(q * 0.9 + vec2(5.2, 1.3) - t));
    float back = noise2(q * 1.1 + 0.9 * wild * bend) + 0.5 * noise2(q * 2.4 + 1.2 * wild * bend + 3.0);

    // Gas around the stars: folded, each octave carried by the slope of the one before, so that it curls like smoke.
    vec2 r = q * 1.9 + 0.8 * wild * bend, slope = vec2(0.0);
    float sum = 0.0, ridge = 0.0, amplitude = 0.55;
    mat2 back_turn = mat2(1.0);
    for (int i = 0; i < 5; i++) {
        vec3 n = slope_noise(r);
        float fold = 1.0 - 2.0 * abs(n.x);
        sum += amplitude * n.x;
        ridge += amplitude * fold * fold * (0.5 + 0.5 * sign(fold));
        slope += amplitude * (back_turn * n.yz);
        amplitude *= 0.55;
        r = mat2(0.8, 0.6, -0.6, 0.8) * r * 2.05 + 0.16 * wild * n.yz + vec2(1.7, 9.2) + t;
        back_turn = back_turn * mat2(0.8, -0.6, 0.6, 0.8);
    }
    float near_star = (0.30 + 1.0 * light + 0.12 * bass) * (0.24 / (0.18 + d * d * 2.2));
    near_star *= 1.0 + 0.28 * pulse * exp(-pow((d - 0.7 * (1.0 - pulse)) * 7.0, 2.0));
    float gas = smoothstep(0.25 - 0.9 * density, 1.15 - 0.5 * density, 0.55 * sum + 0.75 * ridge + 0.35 * back);
    vec3 first = gas_colour(0.02 + 0.96 * hue + 0.16 * sum),
        second = gas_colour(fract(0.25 + hue * 0.7 + 0.5 * contrast) + 0.14 * back);
    vec3 c = second * smoothstep(-0.75, 0.9, back) * (0.10 + 0.35 * density) * (0.7 + 0.5 * near_star);
    c += stars(q + 0.3, 9.0, 1.0, 10.0) * 2.6 * (0.3 + starfield) + stars(turn(0.6) * q, 27.0, 4.0, 9.0) * 1.4
        * (0.2 + starfield);
    c = mix(c, c * 0.45, gas) + first * gas * gas * near_star * 1.15;
    c += mix(first, vec3(1.0, 0.88, 0.80), 0.65) * pow(gas, 3.0) * ridge * ridge * near_star * 0.75;

    // Dust in front: opaque, its rims lit from the star's side.
    float thick = smoothstep(0.0, 0.32, 0.62 * sum - 0.35 * back + 0.75 * dust - 0.62 + 0.7 * noise2(q * 1.1 + 7.7)
        - 0.22 * ridge);
    float facing = dot(slope, normalize(to_star + 0.001));
    float rim = thick * (1.0 - thick) * 4.0 * clamp(0.35 - 0.35 * facing, 0.0, 1.0);
    vec3 body = mix(second, vec3(0.30, 0.16, 0.10), 0.6) * (0.02 + 0.10 * clamp(0.5 - 0.5 * facing, 0.0, 1.0) * near_star);
    c = mix(c, body, thick * 0.95);
    c += mix(gas_colour(hue + 0.25), vec3(1.0, 0.8, 0.6), 0.45) * rim * (0.15 + 0.55 * near_star) * (0.4 + 0.8 * dust);

    // The young stars themselves, before everything: three with a wide glow.
    for (int i = 0; i < 3; i++) {
        vec2 at = home + 0.11 * (hash2(vec2(float(i), 3.0)) - 0.5) * float(i);
        vec2 a = abs(p - at);
        float e = length(a), pixel = max(0.0022, 1.2 / min(RENDERSIZE.x, RENDERSIZE.y));
        float cross_ = exp(-a.x / pixel * 0.8 - a.y * 26.0) + exp(-a.y / pixel * 0.8 - a.x * 26.0);
        c += mix(vec3(0.75, 0.85, 1.0), first, 0.25) * (0.3 + 0.8 * light) * (0.0010 / (e * e + 0.0012) + 0.9 * cross_)
            / (1.0 + float(i));
    }
    c += stars(turn(1.2) * p + seed, 5.0, 8.0, 9.0) * 3.2 * starfield;
    vec2 v = isf_FragNormCoord - 0.5;
    c *= 1.0 - 0.7 * dot(v, v);
    gl_FragColor = vec4(curve(c) + dither(), 1.0);
}
