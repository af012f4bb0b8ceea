/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Dry earth, cracked to the horizon under a low hard sun; a dead tree, dust in the wind.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "sun_height", "LABEL": "Height of the sun", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "drought", "LABEL": "Width of the cracks", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "dust", "LABEL": "Dust in the air", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "colour", "LABEL": "Grey clay to red earth", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "cloud", "LABEL": "Clouds", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.35},
    {"NAME": "night", "LABEL": "Day to cold moonlight", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.15},
    {"NAME": "scale", "LABEL": "Size of the plates", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.45},
    {"NAME": "tilt", "LABEL": "Looking ahead to looking down", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "seed", "LABEL": "Place", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "pulse", "LABEL": "Onset", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "bass", "LABEL": "Bass", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "mid", "LABEL": "Mid", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "treble", "LABEL": "Treble", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "energy", "LABEL": "Energy", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5}
  ]
}*/

const float LATTICE = 256.0;  // noise repeats after so many cells, so that what scrolls can wrap there unseen
const int MANY = 40;  // turns of a loop that ends by `break`: drivers in software unroll fewer, and then run them all
const mat2 TURN = mat2(0.8, 0.6, -0.6, 0.8);

// A sine within 0.00002, for a third of its price where the processor draws.
float sine(float x) {
    float y = 2.0 * fract(x / 6.2831853) - 1.0, u = abs(y) * (1.0 - abs(y));
    return y * (abs(y) - 1.0) * (3.14235 + u * (3.12498 + 1.22205 * u));
}
float cosine(float x) { return sine(x + 1.5707963); }

// Products of fractions only: the same on every machine.
float hash2(vec2 cell) {
    vec2 q = fract(cell * vec2(0.7548777, 0.5698403));
    q += dot(q, q.yx + 19.31);
    return fract((q.x + 1.7) * q.y);
}

// hash2 of the four corners of a cell, all at once.
vec4 corners(vec2 cell) {
    vec4 q = fract(LATTICE * fract(vec4(cell, cell + 1.0) / LATTICE) * vec2(0.7548777, 0.5698403).xyxy);
    vec4 x = q.xzxz, y = q.yyww, s = x * (y + 19.31) + y * (x + 19.31);
    return fract((x + s + 1.7) * (y + s));
}

// Gradient noise, about -0.7..0.7.
float noise2(vec2 p) {
    vec2 i = floor(p), f = p - i, u = f * f * f * (f * (f * 6.0 - 15.0) + 10.0);
    vec4 h = corners(i), v = h * vec4(f.x, f.x - 1.0, f.x, f.x - 1.0) + fract(h * 61.7) * vec4(f.yy, f.yy - 1.0);
    vec2 side = mix(v.xz, v.yw, u.x);
    return 2.0 * mix(side.x, side.y, u.y) - dot(f - u, vec2(1.0));  // slopes are 2 h - 1: what is the same for all comes last
}

// So many octaves, the last one faded in. `drift`: how far the pattern has moved, wrapped in each octave by itself.
float fbm(vec2 p, vec2 drift, float octaves) {
    float sum = 0.0, weight = 0.55;
    for (int i = 0; i < MANY; i++) {
        sum += clamp(octaves, 0.0, 1.0) * weight * noise2(p - LATTICE * fract(drift / LATTICE));
        weight *= 0.5;
        p = 2.0 * TURN * p + 7.3;
        drift = 2.0 * TURN * drift;
        octaves -= 1.0;
        if (octaves <= 0.0) break;  // last: a renderer in software runs through what follows a `break`
    }
    return sum;
}

vec3 curve(vec3 light) {
    vec3 t = sqrt(sqrt(1.0 - exp(-max(light, 0.0))));
    vec3 c = t * (t * (t * (t * 0.1414 - 0.4158) + 1.2414) + 0.0335);  // the display's gamma: t to the power of 1.818
    return mix(c, c * c * (3.0 - 2.0 * c), 0.35);
}

float dither() { return (hash2(floor(isf_FragNormCoord * RENDERSIZE) + floor(fract(TIME) * 97.0)) - 0.5) / 255.0; }

// Plates: distance to the crack, direction to it, a number of the plate.
vec4 plates(vec2 p) {
    vec2 base = floor(p), f = p - base, to_first = vec2(0.0), to_second = vec2(9.0);
    float near = 9.0, second = 9.0, key = 0.0;
    for (int i = 0; i < 9; i++) {
        vec2 o = vec2(mod(float(i), 3.0), floor(float(i) / 3.0)) - 1.0;
        float h = hash2(mod(base + o, LATTICE));
        vec2 d = o + 0.1 + 0.8 * vec2(h, fract(h * 61.7)) - f;
        float r = dot(d, d);
        if (r < near) { second = near; to_second = to_first; near = r; to_first = d; key = h; }
        else if (r < second) { second = r; to_second = d; }
    }
    vec2 way = normalize(to_second - to_first);
    return vec4(0.5 * dot(to_first + to_second, way), way, key);
}

// Only up to 0.1 over the horizon there may be hills.
float ridge_line(float x, float up) {
    return 0.055 * fbm(vec2(x * 1.9 + 40.0 * seed, 3.0), vec2(0.0), abs(up - 0.04) < 0.06 ? 5.0 : 0.0) + 0.018;
}

vec3 sky(vec2 p, float horizon, vec2 extent, vec2 sun_at, vec3 sun, vec3 low, vec3 high) {
    float up = clamp((p.y - horizon) / (extent.y - horizon), 0.0, 1.0), away = length((p - sun_at) * vec2(0.8, 1.0));
    vec3 light = mix(low, high, pow(up, mix(0.5, 0.9, dust)));
    light += sun * (0.34 * exp(-4.0 * away) + 0.7 * exp(-13.0 * away));
    vec2 q = vec2(p.x, 1.0) / (up + 0.22) + vec2(13.0 * seed, 0.0);
    float puff = fbm(vec2(q.x * 0.8, q.y * 2.2), vec2(TIME * 0.07, 0.0), p.y > horizon ? 5.0 : 0.0);
    float cover = smoothstep(0.05, 0.55, puff + 0.75 * cloud - 0.2) * smoothstep(0.0, 0.12, up);
    vec3 lit = mix(low * 0.9, high * 0.6, 0.5 + 0.5 * puff) + sun * 0.22 * exp(-3.0 * away);
    light = mix(light, lit, 0.75 * cover);
    return light + sun * 3.0 * smoothstep(0.037, 0.027, length(p - sun_at)) * (1.0 - 0.6 * cover);
}

// A bare tree: limbs that part, as segments; 1 on it. `d` from its foot, in its height.
float limb(vec2 d, vec2 from, vec2 to, float thick, float soft) {
    vec2 a = d - from, b = to - from;
    float u = clamp(dot(a, b) / dot(b, b), 0.0, 1.0);
    return smoothstep(soft, -soft, length(a - b * u) - thick * (1.0 - 0.65 * u));
}

float tree(vec2 d, float key, float soft) {
    float sum = 0.0, sway = 0.012 * sine(TIME * 0.7 + key);
    // gnarled, all of one piece
    d += vec2(0.022 * sine(d.y * 10.0 + 9.0 * key) + 0.008 * sine(d.y * 33.0), 0.014 * sine(d.x * 21.0 + 5.0 * key));
    vec2 fork = vec2(0.03 + 0.05 * key, 0.42), mid_fork = vec2(-0.14, 0.66), right_fork = vec2(0.20 + 0.06 * key, 0.64);
    float last = max(abs(d.x) - 0.7, abs(d.y - 0.5) - 0.6) > 0.0 ? 0.0 : 6.0;  // nothing of it is here
    for (int i = 0; i < MANY; i++) {
        float k = float(i), h = hash2(vec2(k, 11.0 + floor(key * 9.0)));
        vec2 from = mix(k < 4.0 ? mid_fork : right_fork, fork, 0.7 * fract(h * 7.0)) + sway;
        float angle = (h - 0.5) * 2.2 + (k < 4.0 ? 0.55 : -0.6);
        vec2 to = from + (0.18 + 0.2 * fract(h * 13.0)) * vec2(-sine(angle), cosine(angle) * 0.85) + 2.0 * sway;
        sum = max(sum, limb(d, from, to, 0.014, soft));
        sum = max(sum, limb(d, mix(from, to, 0.5), mix(from, to, 0.6)
            + 0.14 * vec2(-sine(angle - 1.0), cosine(angle - 1.0)), 0.008, soft));
        vec2 low = i == 0 ? vec2(0.0, -0.03) : fork, top = i == 0 ? fork : (i == 1 ? mid_fork : right_fork) + sway;
        if (i < 3) sum = max(sum, limb(d, low, top, i == 0 ? 0.050 : 0.029, soft));
        if (k >= last) break;
    }
    return last > 0.0 ? sum : 0.0;
}

void main() {
    float pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE * pixel, extent = 0.5 * RENDERSIZE * pixel;
    float horizon = mix(0.10, 0.72, tilt) * extent.y / 0.5;
    vec2 sun_at = vec2(0.55 * extent.x * sine(6.28 * seed + 1.0), horizon + mix(0.025, 0.27, sun_height));
    float dark = smoothstep(0.35, 0.9, night);
    float evening = exp(-4.0 * sun_height);
    vec3 sun = mix(mix(vec3(1.25, 1.10, 0.85), vec3(1.5, 0.62, 0.22), evening), vec3(0.32, 0.42, 0.60), dark)
        * (1.0 - 0.35 * cloud);
    vec3 low = mix(mix(vec3(0.75, 0.72, 0.66), vec3(0.95, 0.50, 0.24), evening), vec3(0.055, 0.075, 0.12), dark);
    vec3 high = mix(mix(vec3(0.22, 0.36, 0.60), vec3(0.20, 0.20, 0.32), max(evening, cloud * 0.7)),
        vec3(0.010, 0.016, 0.04), dark);
    low = mix(low, low * vec3(1.05, 0.80, 0.55), dust * (1.0 - dark));
    vec3 light = vec3(0.0);

    if (p.y > horizon - 0.01) {
        light = sky(p, horizon, extent, sun_at, sun, low, high);
        float up = p.y - horizon, hills = horizon + ridge_line(p.x, up),
            far_hills = horizon + 0.9 * ridge_line(p.x * 0.6 + 9.0, up) + 0.012;
        light = mix(light, mix(low, high * 0.6, 0.35) * 0.85, smoothstep(pixel, -pixel, p.y - far_hills));
        light = mix(light, mix(low * 0.55, high * 0.35, 0.4), smoothstep(pixel, -pixel, p.y - hills) * 0.9);
    }
    if (p.y < horizon) {
        float reach = mix(0.22, 0.70, tilt), depth = reach / (horizon - p.y + 0.008), size = mix(6.0, 2.4, scale);
        vec2 g = vec2(p.x * depth, depth * 1.15) * size + vec2(17.0 * seed, 9.0 * seed);
        float foot = pixel * depth * depth / reach * size, sharp = clamp(-log2(foot * 1.6), 0.5, 5.0);
        g += 0.20 * vec2(fbm(g * 0.9, vec2(0.0), min(sharp, 3.0)), fbm(g * 0.9 + 23.0, vec2(0.0), min(sharp, 3.0)));
        vec4 plate = plates(g);
        vec4 small = plates(g * 2.6 + 5.0);
        // two nets of cracks, wide ones round the plates and fine ones in them
        float width = mix(0.012, 0.085, drought) * (0.7 + 0.6 * plate.w), fine = width * 0.45;
        float rough = fbm(g * 3.4, vec2(0.0), min(sharp, 4.0));
        float crack = smoothstep(width + 0.03 + foot, width * 0.4, plate.x + 0.02 * rough);
        float hair = smoothstep(fine + 0.03 + foot * 2.0, fine * 0.3, small.x * 0.6 + 0.015 * rough) * 0.7
            * smoothstep(0.2, 0.6, plate.w + 0.4 * drought);
        crack = mix(max(crack, hair), 0.22 * (0.4 + drought), smoothstep(0.2, 1.0, foot));
        // the rims of the plates curl up; what looks to the sun is bright, the rest lies in long shadows
        vec2 to_sun = normalize(vec2(sun_at.x * 2.2 - p.x, 0.55));
        float curl_up = exp(-9.0 * max(plate.x - width, 0.0)) * (1.0 - crack), bowl = smoothstep(0.0, 0.35, plate.x);
        float slope_light = -dot(plate.yz, to_sun) * curl_up * 1.1 - dot(small.yz, to_sun) * exp(-12.0 * small.x) * 0.35;
        float relief = 0.62 + 0.45 * slope_light * (1.0 - smoothstep(0.2, 1.0, foot)) + 0.55 * rough + 0.14 * (plate.w - 0.5);
        float grit = fbm(g * 15.0, vec2(0.0), clamp(sharp - 1.5, 0.0, 3.0));
        relief += 0.55 * grit;
        vec3 clay = mix(vec3(0.36, 0.33, 0.29), vec3(0.48, 0.22, 0.11), colour)
            * mix(0.85, 1.1, bowl * 0.5 + 0.5 * fract(plate.w * 7.0));
        float glancing = mix(0.75, 1.15, sun_height);
        vec3 ground = clay * (sun * max(relief, 0.05) * glancing + high * 0.55 + low * 0.10);
        ground = mix(ground, clay * (high * 0.12 + low * 0.03), crack);
        float sheen = exp(-6.8 * (p.x - sun_at.x) * (p.x - sun_at.x)) * exp(-3.5 * (horizon - p.y));
        ground += sun * sheen * 0.22 * (1.0 - crack) * (0.5 + max(rough, 0.0));
        light = mix(ground, low, (1.0 - exp(-0.045 * depth * (0.35 + 2.2 * dust))));
    }

    // a dead tree on the plain, its shadow towards us
    float root = horizon - 0.055 - 0.1 * tilt, tall = 0.36 * (0.7 + 0.6 * extent.y);
    float where = -0.42 * extent.x * sign(sine(6.28 * seed + 1.0) + 0.001);
    vec2 d = (p - vec2(where, root)) / tall;
    if (abs(d.x) < 0.7 && d.y > -0.1) {
        float wood = tree(vec2(d.x * (where > 0.0 ? -1.0 : 1.0), d.y), fract(seed * 5.0), pixel / tall);
        light = mix(light, mix(vec3(0.02, 0.016, 0.014), low, 0.07 + 0.2 * dust), wood);
    }
    vec2 away = vec2(where - sun_at.x, -0.30);
    float fall = (root - p.y) / 0.42;
    vec2 in_shadow = vec2((p.x - where - away.x * fall * 0.8) / tall, fall * 1.1);
    if (fall > 0.0 && fall < 1.0) {
        float shadow = tree(vec2(in_shadow.x * (where > 0.0 ? -1.0 : 1.0) * mix(1.0, 0.6, fall), in_shadow.y),
            fract(seed * 5.0), 0.012 + 0.05 * fall);
        light *= 1.0 - 0.5 * shadow * (1.0 - fall) * (1.0 - 0.5 * cloud) * (1.0 - 0.6 * dust);
    }

    // dust: veils that the wind drives over the plain, and grains in the light
    float gust = 0.6 + 0.8 * energy;
    float veil = fbm(vec2(p.x * 1.3, (p.y - horizon) * 6.0) + vec2(5.0 * seed, 0.0), vec2(TIME * 0.95, TIME * 0.06), 4.0);
    float near_ground = exp(-7.0 * abs(p.y - horizon + 0.05)) + 0.25 * exp(-2.5 * abs(p.y - horizon));
    float thick = clamp(smoothstep(-0.25, 0.6, veil + 0.12 * bass + 0.1 * mid) * near_ground * (0.15 + 1.25 * dust)
        * gust, 0.0, 0.92);
    vec3 dust_light = low * mix(vec3(1.0), vec3(0.95, 0.72, 0.5), colour) * 0.85
        + sun * 0.35 * exp(-2.6 * length(p - sun_at));
    light = mix(light, dust_light, thick);
    vec2 grid = vec2(p.x, p.y + 0.03 * sine(p.x * 6.0 + TIME)) * 13.0 - vec2(mod(TIME * 2.2, LATTICE), 0.0);
    float h = hash2(mod(floor(grid), LATTICE));
    vec2 e = fract(grid) - 0.5 - 0.5 * (vec2(fract(h * 17.0), fract(h * 31.0)) - 0.5);
    float size = max(0.014 + 0.02 * h, 1.2 * pixel * 13.0);
    light += sun * 0.35 * step(0.95 - 0.15 * dust * gust - 0.3 * treble, h)
        * exp(-dot(e, e * vec2(0.4, 1.0)) / (size * size)) * (1.0 + pulse);
    light += sun * (0.10 + 0.05 * pulse) * dust * exp(-2.2 * length(p - sun_at));
    light *= 1.0 - 0.4 * dot(p, p) / dot(extent, extent);
    gl_FragColor = vec4(curve(light * 1.1) + dither(), 1.0);
}
