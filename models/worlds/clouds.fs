/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Cumulus clouds that grow and drift over a wide plain, from grey overcast to golden evening.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "sun_height", "LABEL": "Height of the sun", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.45},
    {"NAME": "sun_side", "LABEL": "Sun from left to right", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.7},
    {"NAME": "cloudiness", "LABEL": "Cloudiness", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
    {"NAME": "overcast", "LABEL": "Overcast", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.1},
    {"NAME": "towering", "LABEL": "Height of the clouds", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.6},
    {"NAME": "warmth", "LABEL": "Warmth of the light", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.6},
    {"NAME": "haze", "LABEL": "Haze", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.3},
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

float noise2(vec2 p) {
    vec2 i = floor(p), f = p - i, u = f * f * f * (f * (f * 6.0 - 15.0) + 10.0);
    vec4 h = corners(i);
    vec4 v = (h * 2.0 - 1.0) * vec4(f.x, f.x - 1.0, f.x, f.x - 1.0)
        + (fract(h * 57.31) * 2.0 - 1.0) * vec4(f.yy, f.yy - 1.0);
    return 1.4 * mix(mix(v.x, v.y, u.x), mix(v.z, v.w, u.x), u.y);
}

const mat2 TURN = mat2(0.8, 0.6, -0.6, 0.8);

// Soft heaps, as the head of a cauliflower: height (0..1.2) of four balls around p that melt into each other, and its slope.
// Centres keep to the middle of their cells and radii below 0.75, so no ball beyond the nearest four can reach p.
vec3 heaps(vec2 p) {
    vec2 i = floor(p - 0.5), f = p - i;
    vec4 h = corners(i), g = fract(h * 57.31), r = 0.58 + 0.17 * fract(h * 13.7);
    vec4 x = f.x - vec4(0.5, 1.5, 0.5, 1.5) - 0.5 * (h - 0.5), y = f.y - vec4(0.5, 0.5, 1.5, 1.5) - 0.5 * (g - 0.5);
    vec4 s = 1.0 / (r * r), k = max(1.0 - (x * x + y * y) * s, 0.0), k2 = k * k;
    float high = sqrt(dot(k2, k) + 0.01);
    k2 *= -3.0 * s / high;
    return vec3(high, dot(k2, x), dot(k2, y));
}

const vec3 GREY_SHADE = vec3(0.29, 0.30, 0.34);

// Sun, horizon and light, the same for everything in the picture.
struct Light {
    vec2 sun;     // where it stands
    vec3 colour;  // of what it shines on
    vec3 shade;   // of what it does not reach
    vec3 zenith;
    vec3 rim;     // of the sky above the horizon
};

// -1..1, another for each place and `key`.
float place(float key) { return sin(31.4159 * seed * (1.0 + 0.4 * key) + 2.0 * key); }

float low() { return -0.5 * RENDERSIZE.y / min(RENDERSIZE.x, RENDERSIZE.y); }
float wide() { return 0.5 * RENDERSIZE.x / min(RENDERSIZE.x, RENDERSIZE.y); }

Light light(float horizon) {
    Light l;
    float golden = 1.0 - smoothstep(0.0, 0.7, sun_height);  // a low sun is red, and so is all that it lights
    l.sun = vec2((sun_side - 0.5) * 1.5 * wide(), horizon + 0.07 + 0.75 * sun_height * (-low()));
    vec3 tint = mix(vec3(0.85, 0.60, 0.66), vec3(1.15, 0.45, 0.11), warmth);
    l.colour = mix(mix(vec3(1.0, 1.04, 1.10), vec3(1.18, 1.06, 0.90), warmth), tint, golden);
    l.zenith = mix(vec3(0.03, 0.15, 0.46), mix(vec3(0.05, 0.08, 0.19), vec3(0.08, 0.11, 0.27), warmth), golden);
    l.rim = mix(vec3(0.38, 0.58, 0.80), mix(vec3(0.36, 0.33, 0.42), vec3(0.98, 0.46, 0.16), warmth), golden);
    l.shade = mix(mix(mix(l.zenith, l.rim, 0.35), GREY_SHADE, 0.6), vec3(0.20, 0.12, 0.17), 0.6 * golden) * 0.85;
    float grey = overcast * (0.95 - 0.35 * warmth * golden);
    vec3 lead = mix(vec3(0.20, 0.23, 0.27), vec3(0.30, 0.27, 0.26), warmth) * (0.75 + 0.35 * sun_height);
    l.colour = mix(l.colour, lead * 2.4, grey);
    l.shade = mix(l.shade, lead * 0.36, grey);
    l.zenith = mix(l.zenith, lead * 0.8, grey);
    l.rim = mix(l.rim, lead * 1.7, grey);
    return l;
}

vec3 clear_sky(vec2 p, float horizon, Light l) {
    float up = clamp((p.y - horizon) / (0.95 * (-low() - horizon)), 0.0, 1.0);
    vec3 c = mix(l.rim, l.zenith, 1.0 - (1.0 - up) * (1.0 - up) * (1.0 - 0.4 * up));
    float d = length(p - l.sun);
    float glow = 0.10 / (0.08 + d) * 0.28 + exp(-d * 3.0) * 0.22 + exp(-d * 14.0) * 1.2 + exp(-d * d * 2500.0) * 5.0;
    return c + l.colour * glow * (1.0 - 0.9 * overcast) * (0.7 + 0.6 * haze);
}

// Clouds far above, seen in perspective: thin ice drawn out by the wind or, where it is overcast, lumps of a low grey layer.
vec3 high_sheet(vec3 c, vec2 p, float horizon, Light l) {
    float e = max(p.y - horizon, 0.0) + 0.10;
    vec2 q = vec2(p.x * 0.45, 0.24) / e + vec2(0.040 * TIME + seed * 7.0, seed * 3.0);
    float warp = noise2(q * 1.1 + 3.7), lumpy = smoothstep(0.15, 0.6, overcast);
    vec2 r = mix(vec2(q.x * 1.3 + q.y * 0.6, q.y * 3.6 - q.x * 0.9), q * vec2(2.1, 2.9), lumpy) + warp * vec2(0.5, 0.9);
    float n = 0.6 * noise2(r) + 0.3 * noise2(TURN * r * 2.2 + 5.2);
    float fine = 0.16 * noise2(r * vec2(4.3, 5.1) + 9.1) + 0.09 * noise2(TURN * r * 9.0 + 2.1);
    float seen = clamp(1.5 - 150.0 / (e * e * min(RENDERSIZE.x, RENDERSIZE.y)), 0.0, 1.0);  // the finest only where it is large
    seen *= 1.0 - 0.8 * smoothstep(0.35, 0.8, overcast);  // a closed layer is smooth
    fine += seen * (0.10 * noise2(TURN * r * 17.0 + 0.7 * warp) + 0.05 * noise2(r * 37.0 + 4.4));
    n += fine * smoothstep(0.0, 0.25, e - 0.1);
    float cover = smoothstep(0.15 - 1.1 * overcast - 0.2 * cloudiness, 0.85 - 0.9 * overcast, n + 0.35 * warp);
    float near_sun = exp(-length(p - l.sun) * 2.2);
    // Thick parts of a closed sheet are dark from below, thin parts of an open one are bright.
    float bright = clamp(0.5 + mix(0.7, -1.7, lumpy) * n - 0.5 * lumpy * warp, 0.0, 1.15);
    vec3 tint = mix(l.shade, l.colour, bright * (1.0 - 0.3 * overcast));
    tint += l.colour * (0.35 - 0.1 * overcast) * near_sun * (1.0 - 0.7 * lumpy * smoothstep(-0.3, 0.4, n));
    float far = exp(-(p.y - horizon) * 5.0) * lumpy;  // where the layer ends, light comes in from the side
    tint = mix(tint, l.rim * 1.05, 0.75 * far);
    return mix(c, tint, cover * smoothstep(0.0, 0.12, p.y - horizon) * (0.55 + 0.43 * overcast));
}

// Rain that hangs from a grey sky far off.
vec3 curtains(vec3 c, vec2 p, float horizon, float tall, Light l) {
    float up = (p.y - horizon) / tall, x = p.x + 0.30 * (p.y - horizon) - 0.03 * TIME + 9.0 * seed;
    float where = noise2(vec2(x * 1.5, 1.7)) + 0.4 * noise2(vec2(x * 4.1, 8.3)) + 0.5 * overcast - 0.3;
    float streaks = 0.8 + 0.35 * noise2(vec2(x * 17.0, p.y * 1.1 + 0.4 * TIME));
    streaks += 0.2 * noise2(vec2(x * 41.0, p.y * 1.7 + 0.7 * TIME));
    float thick = smoothstep(0.0, 0.55, where) * streaks * smoothstep(0.62, 0.22, up + 0.25 * where - 0.1);
    return mix(c, mix(l.shade, l.rim, 0.25) * 0.8, clamp(0.72 * thick, 0.0, 1.0) * smoothstep(0.3, 0.8, overcast));
}

// Bank of cumulus (colour, cover): `size` and `base` (height) say how near it is, `distance` (0..1) how much air lies before it.
vec4 bank(vec2 p, float base, float size, float distance, float key, Light l) {
    float lift = (p.y - base) / size, top = 0.50 + 1.15 * towering;
    if (lift < -0.20 || lift > 1.7 * top + 0.5) return vec4(0.0);
    vec2 q = vec2(p.x / size + key * 13.7 + seed * 9.0 + 0.085 * TIME * (1.0 - 0.5 * distance), lift);
    float boil = 0.15 * TIME;
    // Great shapes: towers where the noise along the base is high, and how far p lies under their outline.
    vec3 hill = slope_noise(vec2(q.x * 0.55, key)), knob = slope_noise(vec2(q.x * 1.4, key + 0.05 * TIME));
    float crown = top * (0.20 + 1.05 * hill.x + 0.34 * knob.x + 0.8 * (cloudiness - 0.35) + 0.24 * place(key)) + 0.05 * bass;
    vec2 slope = vec2(top * (0.58 * hill.y + 0.48 * knob.y), -1.0);
    slope *= inversesqrt(dot(slope, slope));
    float body = (crown - lift) * -slope.y;
    body *= body < 0.0 ? 1.7 : 1.0;  // few scraps come off
    float ruffle = noise2(q * 6.3 + vec2(boil, 3.0 - boil));
    float bottom = lift + 0.07 * ruffle + 0.05 * knob.x;
    if (body < -0.5 || bottom < -0.08) return vec4(0.0);
    float warp = noise2(q * 1.3 + vec2(key, -0.5 * boil)), frill = noise2(TURN * q * 15.0 + vec2(-boil, key));
    // Heaps upon heaps: every octave rides on the one before, smaller and flatter, and turned.
    vec2 r = q * 1.5 + vec2(0.35 * warp + 0.05 * ruffle, 0.03 * frill - 0.3 * warp - boil);
    mat2 turned = mat2(1.0, 0.0, 0.0, 1.0);
    float amplitude = 0.40, weight = 0.50, frequency = 1.5, field = body, fine = 0.0;
    float pixel = 2.0 / (size * min(RENDERSIZE.x, RENDERSIZE.y));
    frill += 0.5 * clamp(2.0 - 70.0 * pixel, 0.0, 1.0) * noise2(TURN * q * 35.0 + vec2(key, boil));
    for (int i = 0; i < 4; i++) {
        float seen = clamp(1.5 - 2.0 * frequency * pixel, 0.0, 1.0);
        vec3 n = heaps(r);
        field += seen * amplitude * (n.x - 0.62);
        fine += seen * amplitude * (n.x - 0.55);
        slope += seen * weight * (n.yz * turned);
        amplitude *= 0.47;
        weight *= 0.64;
        frequency *= 2.1;
        r = 2.1 * TURN * r + vec2(1.7 + 0.07 * frill, 9.2 + 0.10 * ruffle - boil);
        turned = TURN * turned;
    }
    float wisp = 0.7 * ruffle + frill, high = clamp(lift / (0.35 + 0.55 * max(crown, 0.0)), 0.0, 1.0);
    float soft = mix(0.17, 0.05, high) + 0.08 * distance + 0.25 * overcast;  // tops are crisp, skirts frayed
    field += 0.06 * wisp;
    float under = smoothstep(-0.08, 0.30, bottom);
    float alpha = smoothstep(0.0, soft, field) * smoothstep(-0.08, 0.10, bottom + 0.03 * frill);
    if (alpha <= 0.0) return vec4(0.0);
    float depth = clamp(field * 1.2, 0.0, 1.0);
    vec3 normal = normalize(vec3(-slope, 0.6 + 0.6 * depth));
    vec2 away = l.sun - p;
    float close = exp(-dot(away, away) * 3.0);
    vec3 to_sun = normalize(vec3(away * 1.2 + vec2(0.0, 0.45), 0.75 - 0.75 * close));
    float lit = smoothstep(-0.75, 1.05, dot(normal, to_sun));
    float sun = lit * (0.25 + 0.75 * under) * (0.45 + 0.55 * smoothstep(0.0, 0.7, high + fine)) * (1.0 + 0.55 * fine);
    float through = close * (1.0 - smoothstep(0.05, 0.45, field));  // thin edges before the sun shine
    vec3 tint = mix(l.shade * (0.6 + 0.45 * high + 0.35 * fine), l.colour * 1.15, clamp(sun * (1.0 - 0.4 * overcast), 0.0, 1.0));
    tint += l.colour * through * 1.1 * (1.0 - overcast);
    tint = mix(tint, l.rim, distance * (0.35 + 0.45 * haze));
    return vec4(tint, alpha * (1.0 - 0.5 * overcast * overcast));
}

// A wide plain under the clouds, whose shadows pass over it; woods and fields, hills where it ends.
vec3 plain(vec2 p, float horizon, Light l) {
    float near = (horizon - p.y) / (horizon - low());
    float far = 1.0 / (max(near, 0.0) + 0.05);
    vec2 q = vec2(p.x * 0.6, 0.25) * far + vec2(seed * 9.0 + 0.035 * TIME, seed * 5.0);
    float shadow = smoothstep(-0.25, 0.3, noise2(q * 0.6 + vec2(0.05 * TIME, 4.0)) + 0.35 - 0.7 * cloudiness);
    float fields = noise2(q * vec2(1.3, 2.6)), woods = noise2(q * vec2(4.0, 7.0)) + 0.5 * noise2(q * vec2(9.0, 17.0));
    vec3 ground = mix(vec3(0.05, 0.085, 0.03), vec3(0.17, 0.15, 0.055), smoothstep(-0.35, 0.35, fields));
    ground = mix(ground, vec3(0.014, 0.028, 0.014), smoothstep(0.0, 0.25, woods + 0.2 * fields));
    ground *= l.colour * (0.25 + 1.1 * shadow * (1.0 - overcast)) + l.shade;
    return mix(ground, l.rim * 0.8, exp(-near * (6.0 - 3.5 * haze)) * (0.6 + 0.4 * haze));
}

vec3 hills(vec3 c, vec2 p, float horizon, Light l) {
    for (int i = 0; i < 2; i++) {
        float k = float(i);
        float x = p.x * (2.2 + 1.5 * k) + 31.0 * k + seed * 6.0;
        float ridge = horizon + (0.028 - 0.012 * k) * (1.1 + noise2(vec2(x, 0.5)) + 0.4 * noise2(vec2(x * 3.1, 2.5))
            + 0.2 * noise2(vec2(x * 9.0, 7.5)));
        float cover = smoothstep(0.0, 3.0 / min(RENDERSIZE.x, RENDERSIZE.y), ridge - p.y);
        vec3 tint = mix(vec3(0.03, 0.05, 0.05) * (l.colour + l.shade), l.rim, 0.72 - 0.32 * k + 0.25 * haze);
        c = mix(c, tint, cover);
    }
    return c;
}

vec3 curve(vec3 c) {
    c = c * (2.51 * c + 0.03) / (c * (2.43 * c + 0.59) + 0.14);
    return sqrt(clamp(c, 0.0, 1.0));
}

float dither() { return (hash1(gl_FragCoord.xy + 7.0 * mod(floor(TIME * 24.0), 61.0)) - 0.5) / 255.0; }

void main() {
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE / min(RENDERSIZE.x, RENDERSIZE.y);
    p *= 1.0 - 0.006 * pulse;
    float horizon = low() * (0.74 + 0.18 * place(5.0));
    Light l = light(horizon);
    vec3 c;
    if (p.y < horizon) {
        c = plain(p, horizon, l);
    } else {
        float tall = -low() - horizon, grown = 0.5 + 0.575 * tall;  // 1 in a wide picture, more in a tall one
        // The nearest first: what it covers needs no work.
        float hangs = place(4.0);  // low or high over the plain
        vec4 middle = vec4(0.0), far = vec4(0.0);
        vec4 near = bank(p, horizon + (0.32 + 0.12 * hangs) * tall, (0.46 + 0.16 * place(7.0)) * grown, 0.0, 1.0, l);
        c = vec3(0.0);
        if (near.a < 0.995) {
            middle = bank(p, horizon + (0.11 + 0.04 * hangs) * tall, 0.19 * grown, 0.5, 2.0, l);
            if (middle.a < 0.995) {
                far = bank(p, horizon + 0.03 * tall, 0.085 * grown, 0.9, 3.0, l);
                c = high_sheet(clear_sky(p, horizon, l), p, horizon, l);
                if (overcast > 0.3) c = curtains(c, p, horizon, tall, l);
            }
        }
        c = mix(mix(mix(c, far.rgb, far.a), middle.rgb, middle.a), near.rgb, near.a);
    }
    c = mix(c, l.rim, (0.2 + 0.5 * haze) * exp(-abs(p.y - horizon) * (16.0 - 8.0 * haze)));
    if (p.y > horizon && p.y < horizon + 0.09) c = hills(c, p, horizon, l);
    vec2 v = isf_FragNormCoord - 0.5;
    c *= 1.0 - 0.55 * dot(v, v);
    gl_FragColor = vec4(curve(c) + dither(), 1.0);
}
