/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A supercell turns over a dark plain: boiling clouds, rain, lightning inside, at times a bolt or a tornado; where it clears, low sun and a rainbow.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "severity", "LABEL": "Severity", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.6},
    {"NAME": "size", "LABEL": "Size of the supercell", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
    {"NAME": "lightning", "LABEL": "Lightning", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.6},
    {"NAME": "funnel", "LABEL": "Tornado", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.3},
    {"NAME": "rain", "LABEL": "Rain", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
    {"NAME": "gap", "LABEL": "Light under the clouds", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.45},
    {"NAME": "tint", "LABEL": "From violet to slate and dust", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.4},
    {"NAME": "clearing", "LABEL": "It clears (gold light, a rainbow)", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.4},
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

// Hanging bags of cloud: four balls around p that melt into each other; height (0..1.2) and slope.
// Centres keep to the middle of their cells and radii below 0.75, so no ball beyond the nearest four can reach p.
vec3 heaps(vec2 p) {
    vec2 i = floor(p - 0.5), f = p - i;
    vec4 h = corners(i), g = fract(h * 57.31), r = 0.56 + 0.19 * fract(h * 13.7);
    vec4 x = f.x - vec4(0.5, 1.5, 0.5, 1.5) - 0.5 * (h - 0.5), y = f.y - vec4(0.5, 0.5, 1.5, 1.5) - 0.5 * (g - 0.5);
    vec4 s = 1.0 / (r * r), k = max(1.0 - (x * x + y * y) * s, 0.0), k3 = k * k * k;
    float h3 = dot(k3, k) + 1e-4, high = sqrt(sqrt(h3));
    k3 *= -2.0 * s * high / h3;
    return vec3(high, dot(k3, x), dot(k3, y));
}

struct Storm {
    float horizon;
    vec2 base;      // middle of the supercell's lower rim
    float reach;    // its radius there
    float grown;    // how far the tornado has come down, 0..1
    vec3 dark;      // of cloud that gets no light
    vec3 grey;      // of cloud that the sky lights
    vec3 gap;       // of the bright strip above the horizon
    vec3 flash;     // of lightning
    vec2 spark;     // where it glows in the cloud
    float glow;     // how bright, now
    float strike;   // of the bolt, now
    float slot;     // which lightning it is
    float bright;   // how far it has cleared, 0..1
};

Storm storm() {
    Storm s;
    s.horizon = low() * 0.74;
    s.base = vec2((0.32 * sin(6.28 * seed + 0.6)) * wide() + 0.02 * sin(0.2 * TIME),
        s.horizon + 0.24 + 0.045 * sin(15.0 * seed) + 0.02 * bass);
    s.grown = smoothstep(0.25, 0.9, funnel);
    s.reach = mix(mix(0.20, 0.58, size), 0.80, 0.75 * s.grown);  // a grown one hangs from a wide, dark ceiling
    s.base.y += 0.17 * s.grown;
    float light = 1.75 - 1.66 * severity;
    vec3 violet = vec3(0.15, 0.14, 0.30), slate = vec3(0.15, 0.18, 0.22), green = vec3(0.15, 0.17, 0.13);
    s.grey = mix(mix(violet, slate, smoothstep(0.0, 0.45, tint)), green, smoothstep(0.5, 1.0, tint)) * 1.5 * light;
    s.dark = s.grey * vec3(0.08, 0.09, 0.11);
    vec3 lilac = vec3(0.66, 0.60, 0.98), pale = vec3(0.70, 0.76, 0.80), sick = vec3(0.80, 0.74, 0.42);
    s.gap = mix(mix(lilac, pale, smoothstep(0.0, 0.45, tint)), sick, smoothstep(0.5, 1.0, tint)) * (0.20 + 0.85 * gap)
        * (1.20 - (0.82 - 0.45 * s.grown) * severity);
    s.bright = smoothstep(0.42, 0.92, clearing);
    s.gap = mix(s.gap, vec3(1.55, 0.86, 0.26), 0.85 * s.bright);
    s.grey = mix(s.grey, mix(vec3(0.30, 0.34, 0.48), vec3(0.62, 0.42, 0.26), 0.45), 0.85 * s.bright);
    s.dark = mix(s.dark, vec3(0.060, 0.060, 0.095), s.bright);
    s.flash = vec3(0.70, 0.68, 1.0);
    // One lightning in every slot of time, if it falls below what is asked for. It swells fast and dies slowly.
    float clock = TIME * 0.55, age = fract(clock) / 0.55;
    s.slot = mod(floor(clock), 997.0);
    float happens = step(hash1(vec2(s.slot, 3.0)), 0.15 + 0.85 * lightning);
    s.glow = happens * smoothstep(0.0, 0.25, age) * exp(-2.2 * age) * (0.5 + 1.6 * lightning) * (1.0 + 0.5 * pulse);
    s.strike = happens * step(0.2, hash1(vec2(s.slot, 8.0))) * smoothstep(0.02, 0.14, age) * exp(-2.0 * age)
        * (0.5 + 1.5 * lightning);
    s.spark = s.base + vec2((hash1(vec2(s.slot, 1.0)) - 0.5) * 1.7 * s.reach, 0.06 + 0.28 * hash1(vec2(s.slot, 2.0)));
    return s;
}

float lit_inside(vec2 p, Storm s) {
    vec2 d = (p - s.spark) * vec2(1.0, 1.35);
    return s.glow * exp(-dot(d, d) * 34.0);
}

// The anvil overhead: bags of cloud in perspective, lit from the gap at the horizon.
vec3 anvil(vec2 p, Storm s) {
    float e = max(p.y - s.horizon, 0.0), tall = -low() - s.horizon;
    vec2 q = vec2(p.x * 0.85, 0.50) / (e + 0.13) + vec2(seed * 11.0 + 0.03 * TIME, seed * 5.0 - 0.05 * TIME);
    vec3 swell = slope_noise(q * 0.8), fold = slope_noise(q * 1.9 + 0.35 * swell.yz + 0.06 * TIME);
    vec2 r = q * 2.6 + 0.30 * swell.yz + 0.22 * fold.yz;
    vec3 bags = heaps(r);
    float finest = smoothstep(0.02, 0.2, e);
    vec3 boil = slope_noise(q * 4.3 + 0.35 * fold.yz - 0.10 * TIME), curl = slope_noise(q * 9.1 + 0.4 * boil.yz + 0.15 * TIME);
    vec3 wisp = slope_noise(q * 19.0 + 0.3 * curl.yz - 0.2 * TIME);
    vec2 slope = 0.95 * swell.yz + 0.55 * fold.yz + 0.16 * bags.yz + 0.34 * boil.yz + finest * (0.22 * curl.yz + 0.12 * wisp.yz);
    float toward = 0.46 + 0.34 * slope.y + 0.18 * slope.x;
    float hollow = 0.62 + 0.14 * bags.x + 0.40 * swell.x + 0.25 * fold.x + 0.18 * boil.x + 0.10 * curl.x * finest;
    vec3 c = mix(s.dark, s.grey, clamp(toward * hollow * (1.25 - 0.85 * e / tall), 0.0, 1.3));
    float open = exp(-e * e * (42.0 - 26.0 * gap))
        * smoothstep(-0.75, 0.25, 0.9 * swell.x + 0.5 * fold.x + 0.2 * boil.x + 0.40 - 2.2 * e);
    c = mix(c, s.gap * (0.75 + 0.35 * toward), open) + s.gap * (0.14 * clamp(toward, 0.0, 1.0) * exp(-e * 3.6));
    vec3 blue = mix(vec3(1.2, 0.95, 0.55), vec3(0.22, 0.48, 0.95), smoothstep(0.0, 0.30, e));
    c = mix(c, blue, s.bright * smoothstep(0.30, -0.20, swell.x + 0.6 * fold.x + 0.3 * boil.x) * 0.85);
    return c + s.flash * lit_inside(p, s) * 0.35 * hollow;
}

// The supercell: a turning body of revolution, wider upward, cut into plates; below it a wall cloud or a tornado.
vec4 supercell(vec2 p, Storm s) {
    float tall = 1.15 / (0.28 - low() - s.horizon);  // a tall picture shows the same body, larger
    float up = (p.y - s.base.y) * (p.y > s.base.y ? tall : 1.0), rise = max(up, 0.0);
    float plates = noise2(vec2(up * 9.0, seed * 3.0)) + 0.5 * noise2(vec2(up * 23.0, seed * 3.0 + 4.0));
    float radius = s.reach * (0.72 + 2.3 * rise * rise + 0.75 * rise + 0.10 * plates * smoothstep(0.0, 0.08, rise));
    // What hangs below: a short wall cloud that narrows into the funnel.
    float drop = clamp(-up / (s.base.y - s.horizon), 0.0, 1.0), grown = s.grown;
    float wall = 0.42 * s.reach * sqrt(max(1.0 - 7.0 * drop * drop, 0.0));
    float cone = 0.02 + mix(0.06, 0.24, size) * pow(1.0 - drop, 1.5) + 0.12 * pow(1.0 - drop, 5.0);
    float below = smoothstep(0.03, -0.012, up);
    radius = mix(radius, mix(wall, cone, grown), below);
    float bend = below * grown * (0.035 * sin(drop * 4.0 + 0.7 * TIME) * drop + 0.10 * drop * drop * sin(6.28 * seed));
    float x = (p.x - s.base.x - bend) / max(radius, 0.004);
    float fray = noise2(vec2(p.x * 9.0 - 0.3 * TIME, p.y * 14.0)) + 0.5 * noise2(vec2(p.x * 21.0 + 0.4 * TIME, p.y * 27.0));
    float side = x + (0.10 + 0.12 * below * (1.0 - 0.6 * grown)) * fray;
    if (abs(side) > 1.15 || radius < 0.004) return vec4(0.0);
    float angle = asin(clamp(side, -0.999, 0.999)), front = cos(angle);
    // Rims of plates above the eye arch up where they are nearest.
    float level = up * 7.0 - 0.42 * front + 0.25 * angle;
    vec2 q = vec2(angle * 1.15 + 0.22 * TIME * (1.0 + 2.0 * below) + 3.0 * seed, level);
    vec3 band = slope_noise(q * vec2(0.9, 1.7)), rib = slope_noise(q * vec2(1.7, 4.3) + 0.3 * band.yz);
    vec3 curl = heaps(q * vec2(3.1, 3.6) + 0.22 * rib.yz + 0.15 * band.yz);
    vec3 tuft = slope_noise(q * vec2(5.3, 9.0) + 0.4 * rib.yz + vec2(0.0, 0.15 * TIME));
    vec3 fine = slope_noise(q * vec2(12.0, 19.0) + 0.5 * tuft.yz - vec2(0.0, 0.3 * TIME));
    float under = 0.5 - 0.32 * band.z - 0.24 * rib.z - 0.05 * curl.z - 0.14 * tuft.z - 0.07 * fine.z;
    float round_light = 0.30 + 0.45 * front + 0.42 * sin(angle) * (s.base.x > 0.0 ? -1.0 : 1.0);
    float light = under * round_light * (0.80 + 0.14 * curl.x + 0.25 * tuft.x + 0.16 * fine.x)
        * (1.0 - 0.72 * smoothstep(0.08, 0.55, rise));
    vec3 c = mix(s.dark, s.grey * 1.25, clamp(light * 1.25, 0.0, 1.2));
    c += s.gap * (0.30 * exp(-rise * 7.0) * clamp(under, 0.0, 1.0) * (1.0 - 0.75 * below) + 0.02);
    c = mix(c, s.dark * (1.0 + 1.8 * clamp(light, 0.0, 1.0)), below * 0.9);
    c = mix(c, s.dark * (0.8 + 3.0 * clamp(light, 0.0, 1.0)), grown * (1.0 - below) * smoothstep(0.25, 0.0, rise) * 0.6);
    c = mix(c, s.dark * 0.8, 0.95 * smoothstep(0.060, 0.020, up) * smoothstep(-0.030, -0.010, up));  // the flat underside
    c += s.flash * lit_inside(p, s) * (0.55 + 0.8 * clamp(light, 0.0, 1.0) + 0.3 * rib.x);
    return vec4(c, smoothstep(1.05, 0.80, abs(side) + 0.06 * tuft.x + 0.05 * fine.x));
}

// Distance in x to the bolt at height y: a random walk of noise at three scales.
float crook(float y, float key) {
    return 0.085 * noise2(vec2(y * 4.5, key)) + 0.032 * noise2(vec2(y * 15.0, key + 5.0))
        + 0.012 * noise2(vec2(y * 43.0, key + 9.0));
}

vec3 bolt(vec2 p, Storm s) {
    float key = s.slot * 1.7, top = s.base.y + 0.16, fall = top - p.y;
    if (s.strike < 0.01 || fall < 0.0 || p.y < s.horizon) return vec3(0.0);
    float pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    float root = s.spark.x + 0.25 * (hash1(vec2(s.slot, 5.0)) - 0.5);
    float main_line = abs(p.x - root - crook(p.y, key));
    float fork = top - 0.06 - 0.07 * hash1(vec2(s.slot, 6.0)), from = max(fork - p.y, 0.0);
    float lean = (hash1(vec2(s.slot, 7.0)) > 0.5 ? 0.75 : -0.75) * from;
    float branch = abs(p.x - root - crook(p.y, key) - lean - crook(p.y, key + 31.0) * min(from * 9.0, 1.0)) + step(fork, p.y);
    float thin = max(0.0022, 1.1 * pixel);
    float core = smoothstep(2.0 * thin, 0.5 * thin, main_line) + 0.55 * smoothstep(1.6 * thin, 0.4 * thin, branch)
        * exp(-from * 9.0);
    float halo = 0.0035 / (main_line + 0.012) + 0.0012 / (branch + 0.012) * exp(-from * 9.0);
    return s.flash * s.strike * smoothstep(0.0, 0.07, fall) * (core * 4.5 + halo * 1.3);
}

// Opposite the low sun: red outside, violet inside.
vec3 rainbow(vec2 p, Storm s) {
    float across = (length(p - vec2(s.base.x * -0.6, s.horizon - 0.12)) - 0.62) * 18.0;  // -1..1
    vec3 hue = clamp(1.0 - 3.2 * (vec3(0.55, 0.05, -0.45) - across) * (vec3(0.55, 0.05, -0.45) - across), 0.0, 1.0);
    return hue * s.bright * s.bright * (0.06 + 0.16 * rain);
}

vec3 ground(vec2 p, Storm s) {
    float near = (s.horizon - p.y) / (s.horizon - low()), far = 1.0 / (near + 0.05);
    vec2 q = vec2(p.x * 0.8, 0.35) * far + vec2(seed * 9.0, seed * 4.0);
    float grass = noise2(q * vec2(3.0, 5.0)) + 0.6 * noise2(q * vec2(8.0, 11.0) + 0.5 * TIME) * smoothstep(0.05, 0.3, near);
    vec3 c = (s.grey * 0.12 + s.gap * 0.045) * vec3(0.75, 0.85, 0.55) * (0.62 + 0.4 * grass);
    c = mix(c, vec3(0.24, 0.30, 0.035) * (0.62 + 0.4 * grass), s.bright);
    float wet = smoothstep(0.15, 0.5, noise2(q * vec2(0.8, 2.2) + 3.0)) * (0.3 + 0.7 * rain);
    c += (s.gap * 0.16 + s.grey * 0.10) * wet * exp(-near * 2.0);
    vec2 d = vec2(p.x - s.spark.x, (p.y - s.horizon) * 2.0);
    c += s.flash * s.glow * exp(-dot(d, d) * 16.0) * (0.10 + 0.25 * wet);
    return mix(c, s.gap * 0.4 + s.grey * 0.3, exp(-near * 18.0) * 0.4);
}

// Bushes at both sides of the beholder and a row of poles that leads to the horizon: black against the sky.
float foreground(vec2 p, Storm s) {
    float pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y), sway = 0.006 * (0.5 + energy) * sin(1.7 * TIME + 9.0 * p.x);
    if (p.y > s.horizon + 0.21) return 0.0;
    float shore = smoothstep(0.25, 1.0, abs(p.x) / wide());
    float leaf = noise2(p * 19.0 + sway * 30.0) + 0.7 * noise2(p * 43.0 + sway * 60.0);
    float bush = low() - 0.03 + shore * (0.12 + 0.10 * noise2(vec2(p.x * 3.1 + 9.0 * seed, 2.0))
        + 0.05 * noise2(vec2(p.x * 9.0, 5.0)));
    float cover = smoothstep(0.006 + pixel, -0.006, p.y - bush - 0.022 * leaf);
    for (int i = 0; i < 4; i++) {
        float near = pow(0.52, float(i)), x = s.base.x * -0.3 + (s.base.x > 0.0 ? -1.0 : 1.0) * (0.08 + 0.72 * near)
            * min(wide(), 0.9);
        float tall = 0.30 * near, foot = s.horizon - 0.10 * near, thick = max(0.006 * near, 0.9 * pixel);
        float pole = smoothstep(thick + pixel, thick, abs(p.x - x)) * step(p.y, foot + tall);
        float rung = mod(foot + tall - p.y, 0.035 * near) - 0.012 * near;  // three arms, one under the other
        float arm = smoothstep(0.6 * thick + pixel, 0.6 * thick, abs(rung)) * step(abs(p.x - x), 0.042 * near);
        arm *= step(foot + tall - 0.085 * near, p.y) * step(p.y, foot + tall);
        cover = max(cover, max(pole, arm) * step(foot, p.y));
    }
    return cover;
}

vec3 curve(vec3 c) {
    c = c * (2.51 * c + 0.03) / (c * (2.43 * c + 0.59) + 0.14);
    return sqrt(clamp(c, 0.0, 1.0));
}

float dither() { return (hash1(gl_FragCoord.xy + 7.0 * mod(floor(TIME * 24.0), 61.0)) - 0.5) / 255.0; }

void main() {
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE / min(RENDERSIZE.x, RENDERSIZE.y);
    p *= 1.0 - 0.008 * pulse;
    Storm s = storm();
    vec3 c;
    if (p.y < s.horizon) {
        c = ground(p, s);
    } else {
        vec4 cell = supercell(p, s);
        c = cell.a < 0.995 ? mix(anvil(p, s), cell.rgb, cell.a) : cell.rgb;
        // Rain in shafts beside the updraft, slanted by the wind.
        float below = smoothstep(0.05, -0.03, p.y - s.base.y - 0.05 * noise2(vec2(p.x * 5.0, seed * 7.0)));
        vec2 fall = vec2(p.x * 5.0 + p.y * 1.4 + seed * 3.0 + 0.05 * TIME, p.y * 0.8 + 0.6 * TIME);
        float shaft = smoothstep(-0.25, 0.5, noise2(vec2(fall.x * 0.6, 0.03 * TIME)) + 0.8 * rain - 0.4);
        float streak = 0.75 + 0.22 * noise2(fall * vec2(5.0, 1.0)) + 0.16 * noise2(fall * vec2(14.0, 1.7));
        float clear = smoothstep(0.0, 0.25, abs(p.x - s.base.x) - 0.05);
        clear *= 1.0 - 0.6 * smoothstep(0.3, 0.8, funnel);
        c = mix(c, mix(s.grey * 0.55, s.gap, 0.16) * streak, below * shaft * rain * (0.30 + 0.60 * clear));
        c += bolt(p, s);
        c += rainbow(p, s);
        // Where the tornado stands, dust flies.
        float foot = smoothstep(0.45, 0.9, funnel);
        vec2 d = (p - vec2(s.base.x + 0.10 * sin(6.28 * seed), s.horizon)) * vec2(0.75, 1.3);
        float dust = noise2(p * vec2(14.0, 20.0) - vec2(1.6 * TIME, 0.5 * TIME))
            + 0.5 * noise2(p * vec2(31.0, 40.0) - vec2(2.4 * TIME, 0.0));
        c = mix(c, s.dark * 1.5 + s.gap * vec3(0.11, 0.08, 0.06) * (1.0 + 0.5 * dust),
            foot * smoothstep(0.13, 0.02, length(d) + 0.035 * dust) * 0.92);
        // Trees along the horizon, too far to see more than their outline.
        float tree = 0.006 + 0.007 * noise2(vec2(p.x * 21.0 + seed * 9.0, 1.0)) + 0.006 * noise2(vec2(p.x * 67.0, 2.0));
        c = mix(c, s.dark * 0.5, smoothstep(1.5 / min(RENDERSIZE.x, RENDERSIZE.y), 0.0, p.y - s.horizon - tree));
    }
    c = mix(c, s.dark * 0.25, foreground(p, s));
    vec2 v = isf_FragNormCoord - 0.5;
    c *= 1.08 - (0.8 + 0.5 * severity) * dot(v, v);
    gl_FragColor = vec4(curve(c) + dither(), 1.0);
}
