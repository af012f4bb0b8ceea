/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A moon over a lake: clouds pass before it with silver edges, firs stand black, the light lies on the water.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "moon_height", "LABEL": "Height of the moon", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
    {"NAME": "moon_side", "LABEL": "Moon from left to right", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.62},
    {"NAME": "fullness", "LABEL": "Fullness of the moon", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.85},
    {"NAME": "cloudiness", "LABEL": "Cloudiness", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
    {"NAME": "mist", "LABEL": "Mist", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.35},
    {"NAME": "waves", "LABEL": "Waves", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.35},
    {"NAME": "hue", "LABEL": "From blue to violet and green", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.25},
    {"NAME": "warmth", "LABEL": "Warmth of the moon", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.3},
    {"NAME": "gloom", "LABEL": "Gloom", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.3},
    {"NAME": "seed", "LABEL": "Place", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.3},
    {"NAME": "pulse", "LABEL": "Onset", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "bass", "LABEL": "Bass", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "mid", "LABEL": "Middle", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "treble", "LABEL": "Treble", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "energy", "LABEL": "Energy", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5}
  ]
}*/

const int MANY = 40;  // turns of a loop that ends by `break`: drivers in software unroll fewer, and then run them all

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

struct Night {
    float horizon;
    vec2 moon;
    float size;
    vec3 light;    // of the moon
    vec3 zenith;
    vec3 rim;      // of the sky over the hills
    vec3 shade;    // of cloud that the moon does not reach
};

Night night() {
    Night n;
    n.horizon = low() * 0.40;
    float tall = -low() - n.horizon;
    n.size = 0.058 + 0.030 * (1.0 - moon_height) + 0.02 * warmth;
    n.moon = vec2((moon_side - 0.5) * 1.2 * wide(), n.horizon + tall * mix(0.22, 0.76, moon_height));
    vec3 cool = mix(vec3(0.80, 0.90, 1.0), vec3(1.0, 0.62, 0.34), warmth);
    float full = mix(0.45, 1.0, fullness) * (1.0 - 0.45 * gloom);
    vec3 blue = vec3(0.035, 0.085, 0.22), violet = vec3(0.085, 0.045, 0.19), green = vec3(0.02, 0.10, 0.13);
    vec3 tone = mix(mix(blue, violet, smoothstep(0.0, 0.5, hue)), green, smoothstep(0.5, 1.0, hue));
    tone = mix(tone, vec3(dot(tone, vec3(0.34))), 0.55 * gloom);
    n.light = cool * full;
    n.zenith = tone * 0.32 * full;
    n.rim = (tone * 1.25 + cool * 0.035) * full;
    n.shade = tone * 0.30 * full;
    return n;
}

vec3 stars(vec2 p, float cells, float key, float power) {
    vec2 i = floor(p * cells), h = hash2(i + key), f = (fract(p * cells) - 0.5 - 0.6 * (h - 0.5)) / cells;
    float bright = pow(hash1(i + key + 7.7), power), d = length(f);
    float own = 0.0014 * (0.6 + 1.6 * bright), size = max(own, 1.05 / min(RENDERSIZE.x, RENDERSIZE.y));
    bright *= own / size;  // as much light at any size
    float blink = 0.75 + (0.2 + 0.4 * treble) * sine(TIME * (1.0 + 2.5 * h.x) + 40.0 * h.y);
    return mix(vec3(1.0, 0.80, 0.62), vec3(0.68, 0.80, 1.0), h.y) * bright * blink * exp(-d * d / (size * size));
}

// Cover in x, light of the moon in y, thickness in z.
vec3 layer(vec2 q, vec2 to_moon, float open, float closed) {
    vec2 r = q + vec2(0.35, 0.22) * noise2(q * 0.7 + 2.3), slope = vec2(0.0);
    float sum = 0.0, amplitude = 0.55, weight = 0.7;
    mat2 back = mat2(1.0);
    for (int i = 0; i < 5; i++) {
        vec3 n = slope_noise(r);
        sum += amplitude * n.x;
        slope += weight * (back * n.yz);
        amplitude *= 0.54;
        weight *= 0.74;
        r = mat2(0.8, 0.6, -0.6, 0.8) * r * 2.1 + vec2(1.3, 7.7) + 0.08 * TIME * vec2(0.3, 0.5);
        back = back * mat2(0.8, -0.6, 0.6, 0.8);
    }
    float cover = smoothstep(open, closed, sum);
    return vec3(cover, 0.5 - 0.6 * dot(slope, to_moon), smoothstep(open, closed + 0.5, sum));
}

vec3 moon_face(vec2 d) {
    float r = length(d);
    vec3 seas = slope_noise(d * 1.7 + 4.3), pits = slope_noise(d * 4.4 + 1.0);
    float dark = smoothstep(-0.25, 0.45, seas.x + 0.35 * pits.x);
    float ray = 0.06 * noise2(d * 11.0);
    vec3 ball = vec3(d, sqrt(max(1.0 - r * r, 0.0)));
    float angle = (1.0 - fullness) * 2.3;
    vec3 to_sun = vec3(-sine(angle), 0.15 * sine(angle), cosine(angle));
    float day = smoothstep(-0.08, 0.30, dot(ball + vec3(0.10 * pits.yz, 0.0), to_sun));
    return vec3((1.0 - 0.55 * dark + ray) * (0.03 + 1.15 * day) * (0.80 + 0.20 * ball.z));
}

vec3 sky(vec2 p, Night n) {
    float tall = -low() - n.horizon, e = max(p.y - n.horizon, 0.0) / tall;
    vec2 away = p - n.moon;
    float d = length(away), glow = exp(-4.6 * d);
    vec3 c = mix(n.rim, n.zenith, smoothstep(0.0, 0.85, e));
    vec2 turned = p + vec2(0.002 * TIME + seed * 3.0, 0.0);
    float clear = smoothstep(0.02, 0.25, e) * (1.0 - 0.8 * glow) * (1.0 - 0.5 * gloom);
    c += (stars(turned, 8.0, 1.0, 12.0) * 1.6 + stars(turned.yx + 3.0, 21.0, 4.0, 12.0) * 1.0
        + stars(turned + 7.0, 47.0, 2.0, 11.0) * 0.6) * clear;
    // The moon, its bright surroundings and the faint ring of ice crystals around it.
    c += n.light * (0.20 * glow + 0.30 * exp(-15.0 * d) + 0.022 * exp(-pow((d - 0.30) * 22.0, 2.0)));
    float disc = smoothstep(n.size + 1.2 / min(RENDERSIZE.x, RENDERSIZE.y), n.size - 1.2 / min(RENDERSIZE.x, RENDERSIZE.y), d);
    if (disc > 0.0) c = mix(c, c * 0.4 + n.light * moon_face(away / n.size) * 0.95, disc);

    // Clouds, in perspective; the thin parts before the moon shine, thick ones are dark with silver edges.
    vec2 q = vec2(p.x * 0.95, 0.52) / (e * 0.9 + 0.20) + vec2(0.055 * TIME + seed * 17.0, seed * 7.0);
    vec2 to_moon = normalize(vec2(n.moon.x - p.x, -0.4 * (n.moon.y - p.y)) + 0.001);
    vec3 cloud = layer(q * vec2(1.2, 1.9), to_moon, 0.38 - 0.95 * cloudiness, 0.70 - 0.65 * cloudiness);
    float lit = clamp(cloud.y, 0.0, 1.3), edge = 4.0 * cloud.x * (1.0 - cloud.x);
    vec3 body = n.shade + n.rim * 0.35 * lit + n.light * (0.06 + 0.55 * exp(-3.6 * d)) * (0.25 + 0.75 * lit)
        * (1.0 - 0.72 * cloud.z);
    body += n.light * edge * (0.03 + 0.70 * exp(-6.0 * d)) * (1.0 + 0.4 * pulse);
    c = mix(c, body, cloud.x * smoothstep(0.0, 0.10, e) * 0.95);
    return mix(c, n.rim * 1.1 + n.light * 0.03, (0.25 + 0.6 * mist) * exp(-e * (13.0 - 8.0 * mist)));
}

// A row of firs that stand on `ground`: tiers of hanging branches, every tree of its own size and lean.
float firs_at(vec2 p, float ground, float cells, float key) {
    float pixel = 1.2 / min(RENDERSIZE.x, RENDERSIZE.y), x = p.x * cells, tree = floor(x);
    float h = hash1(vec2(tree, key)), lean = hash1(vec2(tree, key + 3.0)) - 0.5;
    float tall = 2.3 * (0.35 + 0.65 * h) / cells, t = (ground + tall - p.y) / tall;
    float side = abs(fract(x) - 0.5 - 0.28 * lean) / cells;
    float tier = fract(t * (5.0 + 3.0 * h) + 0.6 * lean + 1.5 * side * cells);
    float half_width = (0.155 + 0.06 * h) * tall * t * (0.45 + 0.55 * tier) + 0.004 / cells;
    return t > 0.0 ? smoothstep(half_width + pixel, half_width - pixel, side) : 0.0;
}

// Hills, the far ones blue with air; firs on the last.
vec3 land(vec3 c, vec2 p, Night n) {
    vec3 before = c;
    float pixel = 1.5 / min(RENDERSIZE.x, RENDERSIZE.y);
    for (int i = 0; i < MANY; i++) {
        float k = float(i), x = p.x * (0.9 + 0.6 * k) + 17.0 * k + seed * 5.0;
        float rise = noise2(vec2(x, 0.5 + k)) + 0.42 * noise2(vec2(x * 2.3, 2.5)) + 0.20 * noise2(vec2(x * 5.7, 7.5))
            + 0.09 * noise2(vec2(x * 13.0, 1.5));
        float top = n.horizon + mix(0.165, 0.035, k / 3.0) * (0.75 + rise);
        float cover = smoothstep(-pixel, pixel, top - p.y);
        if (i > 1) {
            float cells = mix(54.0, 27.0, k - 2.0);
            cover = max(cover, max(firs_at(p, top - 0.25 / cells, cells, k),
                firs_at(p + 0.4 / cells, top - 0.45 / cells, cells * 1.37, k + 9.0)));
        }
        float air = mix(0.62, 0.05, k / 3.0) * (0.45 + 0.55 * mist), height = clamp((p.y - n.horizon) * 9.0, 0.0, 1.0);
        vec3 tint = mix(n.shade * 0.25, n.rim, air * (1.15 - 0.5 * height));
        tint += n.light * 0.045 * (1.0 - k / 3.0) * clamp(0.5 + rise, 0.0, 1.0) * smoothstep(0.05, 0.0, top - p.y);
        c = mix(c, tint, cover);
        // Mist lies in the hollows between one hill and the next.
        float bank = noise2(vec2(p.x * 2.2 + 0.05 * TIME + 5.0 * k, p.y * 9.0 + k))
            + 0.5 * noise2(vec2(p.x * 5.0 - 0.07 * TIME, p.y * 17.0));
        c = mix(c, n.rim * 1.15 + n.light * 0.05,
            mist * 0.55 * exp(-max(p.y - n.horizon, 0.0) * (20.0 + 9.0 * k)) * clamp(0.55 + 0.5 * bank, 0.0, 1.0));
        if (i > 2 || p.y > n.horizon + 0.40) break;  // no hill is so high
    }
    return p.y < n.horizon + 0.40 ? c : before;
}

vec3 curve(vec3 c) {
    c = c * (2.51 * c + 0.03) / (c * (2.43 * c + 0.59) + 0.14);
    return sqrt(clamp(c, 0.0, 1.0));
}

float dither() { return (hash1(gl_FragCoord.xy + 7.0 * mod(floor(TIME * 24.0), 61.0)) - 0.5) / 255.0; }

void main() {
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE / min(RENDERSIZE.x, RENDERSIZE.y);
    p *= 1.0 - 0.005 * pulse;
    Night n = night();
    // Water shows sky and land upside down, moved by its waves. They are drawn once: what is in both branches of an `if`
    // costs twice where the processor draws.
    bool is_water = p.y < n.horizon;
    float depth = max(n.horizon - p.y, 0.0) / (n.horizon - low()), far = 1.0 / (depth + 0.04);
    vec2 q = vec2(p.x * 1.4, 1.0) * far + vec2(seed * 5.0, 0.28 * TIME);
    float fine = smoothstep(0.03, 0.16, depth);
    float swell = noise2(q * vec2(0.6, 1.7) + vec2(0.1 * TIME, 0.0)),
        chop = noise2(q * vec2(1.6, 4.1) - vec2(0.2 * TIME, 0.0) + 0.6 * swell);
    float ripple = noise2(q * vec2(3.9, 9.5) + vec2(0.35 * TIME, 1.0)) * fine;
    float height = (0.15 + 0.95 * waves + 0.3 * energy * bass) * (0.55 * swell + 0.5 * chop + 0.3 * ripple);
    vec2 mirror = vec2(p.x + 0.03 * height * depth, 2.0 * n.horizon - p.y + height * (0.04 + 0.18 * depth));
    mirror.y = max(mirror.y, n.horizon + 0.003);
    vec2 at = is_water ? mirror : p;
    vec3 c = land(sky(at, n), at, n);
    if (is_water) {
        c = mix(n.shade * 0.25, c, clamp(mix(0.78, 0.42, depth) - 0.12 * height, 0.15, 0.9));
        float spark = noise2(q * vec2(7.0, 15.0) - vec2(0.6 * TIME, 0.0)) * smoothstep(0.08, 0.3, depth);
        float width = 0.030 + 0.17 * depth * (0.45 + waves);
        float path = exp(-pow((p.x - n.moon.x) / width, 2.0)) * (1.0 - 0.55 * smoothstep(0.5, 1.0, cloudiness));
        float facet = smoothstep(0.0, 0.5, 0.5 * chop + 0.6 * ripple + 0.45 * spark + 0.3 * swell + 0.06 - 0.22 * depth);
        c += n.light * path * facet * (1.0 + 0.8 * treble) * (1.05 - 0.6 * depth) * (0.4 + 0.6 * fullness);
    }
    c += (n.rim * 0.5 + n.light * 0.03) * mist * exp(-abs(p.y - n.horizon) * 22.0);
    vec2 v = isf_FragNormCoord - 0.5;
    c *= 1.0 - (0.7 + 0.4 * gloom) * dot(v, v);
    gl_FragColor = vec4(curve(c * 1.5) + dither(), 1.0);
}
