/*{
  "ISFVSN": "2",
  "DESCRIPTION": "The sun rises over hills that swim in mist: ridge behind ridge, firs, rose and gold, a sky on fire, green and clear, or grey and wet.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "sun_height", "LABEL": "Height of the sun", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.45},
    {"NAME": "sun_side", "LABEL": "Sun from left to right", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.56},
    {"NAME": "mist", "LABEL": "Mist", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.55},
    {"NAME": "cloudiness", "LABEL": "Cloudiness", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.4},
    {"NAME": "rose", "LABEL": "Gold, rose, a sky on fire", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.45},
    {"NAME": "cold", "LABEL": "Clear and green to cold and grey", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.25},
    {"NAME": "relief", "LABEL": "Height of the hills", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
    {"NAME": "firs", "LABEL": "Firs", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.85},
    {"NAME": "seed", "LABEL": "Place", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.3},
    {"NAME": "pulse", "LABEL": "Onset", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "bass", "LABEL": "Bass", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "mid", "LABEL": "Middle", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "treble", "LABEL": "Treble", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "energy", "LABEL": "Energy", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5}
  ]
}*/

const int MANY = 40;  // turns of a loop that ends by `break`: drivers in software unroll fewer, and then run them all

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

struct Morning {
    float horizon;
    vec2 sun;
    vec3 light;
    vec3 rim;
    vec3 belt;
    vec3 zenith;
    vec3 shade;
};

float bleakness() { return smoothstep(0.40, 0.80, cold); }

Morning morning() {
    Morning m;
    m.horizon = low() * mix(0.52, -0.22, fract(5.0 * seed));  // each place lies higher or lower
    m.sun = vec2((mix(sun_side, fract(7.0 * seed + 0.3), 0.6) - 0.5) * 1.5 * wide(), m.horizon - 0.03 + 0.36 * sun_height);
    float day = smoothstep(0.0, 0.8, sun_height), power = mix(0.35, 1.0, smoothstep(0.0, 0.45, sun_height));
    m.light = mix(vec3(1.40, 0.78, 0.30), vec3(1.35, 0.50, 0.42), rose) * mix(vec3(1.0), vec3(0.72, 0.80, 1.0), 0.75 * cold)
        * power;
    m.rim = mix(vec3(1.00, 0.58, 0.24), vec3(0.95, 0.38, 0.36), rose) * mix(vec3(1.0), vec3(0.55, 0.72, 0.95), cold) * power;
    m.belt = mix(vec3(0.60, 0.42, 0.44), vec3(0.56, 0.25, 0.42), rose) * mix(vec3(1.0), vec3(0.55, 0.70, 0.92), cold)
        * mix(0.45, 1.0, power);
    m.zenith = mix(mix(vec3(0.05, 0.10, 0.28), vec3(0.12, 0.24, 0.52), day), vec3(0.13, 0.17, 0.26), 0.6 * cold)
        * mix(0.5, 1.0, power);
    m.shade = mix(vec3(0.14, 0.09, 0.19), vec3(0.07, 0.11, 0.18), cold) * mix(0.45, 1.0, power);
    // The coldest mornings are overcast, grey and dim; the warmest are clear.
    vec3 bruise = mix(vec3(1.0), vec3(0.92, 0.85, 1.30), rose);  // grey, violet where there would be rose
    float bleak = bleakness(), clear = smoothstep(0.30, 0.0, cold), blaze = smoothstep(0.50, 0.80, rose) * (1.0 - bleak);
    m.light = mix(m.light, vec3(2.0, 0.36, 0.05) * power, 0.95 * blaze);
    m.rim = mix(m.rim, vec3(1.35, 0.24, 0.02) * power, 0.95 * blaze);
    m.belt = mix(m.belt, vec3(0.66, 0.035, 0.040) * mix(0.5, 1.0, power), 0.9 * blaze);
    m.zenith = mix(m.zenith, vec3(0.13, 0.010, 0.050), 0.9 * blaze);
    m.light = mix(m.light, vec3(0.30, 0.31, 0.34) * bruise * power, 0.98 * bleak) * (1.0 + 0.25 * clear);
    m.rim = mix(m.rim, vec3(0.185, 0.20, 0.22) * bruise * power, 0.97 * bleak) * (1.0 + 0.15 * clear);
    m.belt = mix(m.belt, vec3(0.11, 0.115, 0.13) * bruise * power, 0.97 * bleak);
    m.zenith = mix(m.zenith, vec3(0.060, 0.065, 0.080) * bruise * mix(0.6, 1.0, power), 0.96 * bleak) + vec3(0.0, 0.10, 0.26) * clear * day;
    m.shade = mix(m.shade, vec3(0.030, 0.032, 0.038) * bruise, bleak);
    return m;
}

vec3 sky(vec2 p, Morning m) {
    float tall = -low() - m.horizon, e = max(p.y - m.horizon, 0.0) / tall;
    vec2 away = p - m.sun;
    float d = length(away * vec2(1.0, 1.2)), glow = exp(-2.3 * d);
    vec3 c = mix(m.rim, m.belt, smoothstep(0.0, 0.42, e - 0.15 * glow));
    c = mix(c, m.zenith, smoothstep(0.14, 1.0, e + 0.08 * (d - 0.4)));
    c += m.light * (0.55 * glow * glow + 0.9 * exp(-d * 12.0));
    c += m.light * smoothstep(0.046, 0.038, length(away)) * 2.2 * (1.0 - bleakness());
    // Fleece in perspective, lit from below and from the sun's side.
    vec2 q = vec2(p.x * 0.85, 0.40) / (e + 0.17) + vec2(0.045 * TIME + seed * 17.0, seed * 7.0);
    vec2 to_sun = normalize(vec2(m.sun.x - p.x, 0.9)), r = q * vec2(1.4, 2.0), slope = vec2(0.0);
    r += vec2(0.35, 0.22) * noise2(r * 0.7);
    float sum = 0.0, amplitude = 0.55, weight = 0.7;
    mat2 back = mat2(1.0);
    for (int i = 0; i < 5; i++) {
        vec3 n = slope_noise(r);
        sum += amplitude * n.x;
        slope += weight * (back * n.yz);
        amplitude *= 0.54;
        weight *= 0.72;
        r = mat2(0.8, 0.6, -0.6, 0.8) * r * 2.1 + vec2(1.3, 7.7) + 0.08 * TIME * vec2(0.3, 0.5);
        back = back * mat2(0.8, -0.6, 0.6, 0.8);
    }
    float heavy = mix(cloudiness, 0.85, bleakness());  // the greyest mornings are overcast
    float cover = smoothstep(0.32 - 0.9 * heavy, 0.75 - 0.6 * heavy, sum);
    float lit = clamp(0.5 - 0.6 * dot(slope, to_sun), 0.0, 1.3) * (0.30 + 0.70 * exp(-1.4 * d));
    vec3 fleece = mix(m.shade * 1.5 + 0.25 * m.belt, m.light * vec3(1.0, 0.88, 0.90), lit) + m.light * 0.5 * glow * glow;
    return mix(c, fleece, cover * 0.85 * smoothstep(0.0, 0.2, e));
}

// Where ridges begin, `near` 0 to 1.
float base(float near, float horizon, float span) {
    return horizon + 0.05 - 0.40 * span * near * sqrt(sqrt(near));
}

// A row of firs that stand on `ground`: tiers of hanging branches, every tree of its own size and lean.
float firs_at(vec2 p, float ground, float cells, float key) {
    float pixel = 1.2 / min(RENDERSIZE.x, RENDERSIZE.y), x = p.x * cells, tree = floor(x);
    float h = hash1(vec2(tree, key)), lean = hash1(vec2(tree, key + 3.0)) - 0.5;
    float tall = 2.3 * (0.35 + 0.65 * h) / cells, t = (ground + tall - p.y) / tall;
    float side = abs(fract(x) - 0.5 - 0.28 * lean) / cells;
    float tier = fract(t * (5.0 + 3.0 * h) + 0.6 * lean + 1.5 * side * cells);
    float dead = bleakness() * 0.85;  // nothing but stem and stumps of boughs
    float half_width = (0.155 + 0.06 * h) * tall * t * mix(0.45 + 0.55 * tier, 0.8 * smoothstep(0.80, 0.95, tier), dead) + (0.004 + 0.016 * dead * t) / cells;
    return t > 0.0 ? smoothstep(half_width + pixel, half_width - pixel, side) : 0.0;
}

vec3 curve(vec3 c) {
    c = c * (2.51 * c + 0.03) / (c * (2.43 * c + 0.59) + 0.14);
    return sqrt(clamp(c, 0.0, 1.0));
}

float dither() { return (hash1(gl_FragCoord.xy + 7.0 * mod(floor(TIME * 24.0), 61.0)) - 0.5) / 255.0; }

void main() {
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE / min(RENDERSIZE.x, RENDERSIZE.y);
    p *= 1.0 - 0.006 * pulse;
    Morning m = morning();
    float pixel = 1.5 / min(RENDERSIZE.x, RENDERSIZE.y), span = (m.horizon - low()) / 0.39, lean = 0.4 * (fract(11.0 * seed) - 0.5);
    float slope = 0.9 * (fract(13.0 * seed + 0.4) - 0.5);  // `lean` is the far ridges', `slope` the near ones'
    vec3 c = sky(p, m);
    float d = length(p - m.sun), left = p.y < m.horizon + 0.30 + 0.2 * wide() ? 1.0 : 0.0, first = 0.0;
    // Seven ridges from the nearest that may be so high to the one that hides what is behind it; each takes its colour from
    // the air between.
    for (int i = 1; i < 7; i++) {
        float near = float(i) / 6.0, high = base(near, m.horizon, span) + p.x * mix(lean, slope, near) + mix(0.050, 0.400, relief) * (1.0 - 0.35 * near);
        if (p.y < high + 2.3 / mix(88.0, 15.0, near)) first = float(i);
    }
    vec3 land = vec3(0.0);
    float green = smoothstep(0.35, 0.05, cold) * smoothstep(0.1, 0.6, sun_height) * smoothstep(0.75, 0.4, rose);
    for (int i = 0; i < MANY; i++) {
        float k = first - float(i), near = k / 6.0, x = p.x * mix(1.1, 2.3, near) + 11.0 * k + seed * 6.0;
        float rough = noise2(vec2(x * 0.9, k)) + 0.45 * noise2(vec2(x * 2.1, k + 3.0))
            + 0.2 * noise2(vec2(x * 4.7, k + 5.0)) + 0.09 * noise2(vec2(x * 11.0, k + 8.0));
        float top = base(near, m.horizon, span) + p.x * mix(lean, slope, near) + mix(0.024, 0.19, relief) * (1.0 - 0.35 * near) * (0.35 + rough);
        float cover = smoothstep(-pixel, pixel, top - p.y);
        if (k > 1.0 && p.y < top + 0.2) {
            vec2 swayed = p + vec2((0.003 + 0.010 * energy) * near * max(p.y - top, 0.0) * 6.0
                * sin(0.9 * TIME + 5.0 * p.x), 0.0);
            float cells = mix(88.0, 15.0, near), some = smoothstep(0.0, 0.25, firs);
            cover = max(cover, some * firs_at(swayed, top - (1.0 - firs) * 1.6 / cells, cells, k));
            cover = max(cover, some * firs_at(swayed + 0.4 / cells, top - (1.3 - firs) * 1.6 / cells, cells * 1.37,
                k + 9.0));
        }
        float depth = clamp((top - p.y) / 0.16, 0.0, 1.0);
        float air = pow(1.0 - near, 1.1) * (0.42 + 0.45 * mist);
        vec3 dark = mix(m.shade * mix(0.75, 0.16, near), mix(vec3(0.16, 0.22, 0.04), vec3(0.05, 0.13, 0.015), near), green);
        vec3 tint = mix(dark, m.rim * 0.85 + m.light * 0.28 * exp(-2.2 * d), clamp(air, 0.0, 0.95));
        tint += m.light * 0.12 * exp(-3.0 * d) * (1.0 - near) * smoothstep(0.03, 0.0, top - p.y);
        // Mist rises from every valley and drifts at its own speed.
        vec2 q = vec2(p.x * mix(2.6, 1.4, near) - (0.03 + 0.06 * near) * TIME + 7.0 * k,
            p.y * mix(13.0, 6.0, near) + 0.02 * TIME);
        float bank = noise2(q + 0.4 * noise2(q * 0.6)) + 0.45 * noise2(q * 2.3 + 1.0);
        float lies = smoothstep(0.10, 1.0, depth + 0.30 * bank) * cover
            * clamp(1.05 * mist + 0.45 * bank * (0.7 + 0.6 * mid), 0.0, 1.0);
        vec3 fog = mix(m.belt * 0.8 + m.shade, m.rim, 0.35 + 0.45 * exp(-1.5 * d)) * 0.9 + m.light * 0.38 * exp(-3.2 * d);
        lies *= 0.92 - 0.30 * near;
        land += left * mix(tint * cover, fog * mix(1.0, 0.62, near), lies);
        left *= (1.0 - cover) * (1.0 - lies);
        if (k < 0.5 || left < 0.002) break;
    }
    c = p.y < m.horizon + 0.30 + 0.2 * wide() ? land + left * c : c;
    // The sun's rays through the damp air.
    vec2 away = p - m.sun;
    float rays = noise2(vec2(atan(away.x, away.y) * 4.5 + 3.0, 0.06 * TIME + seed))
        + 0.5 * noise2(vec2(atan(away.x, away.y) * 11.0, 0.10 * TIME));
    c += m.light * (0.10 + 0.10 * pulse + 0.05 * bass) * (1.0 - 0.8 * bleakness()) * (0.5 + mist) * clamp(0.45 + rays, 0.0, 1.5)
        * exp(-2.4 * length(away)) * smoothstep(0.02, 0.2, length(away));
    // The bleakest mornings are wet.
    vec2 fall = p;
    float near_rain = noise2(vec2(fall.x * 46.0 + fall.y * 9.0, fall.y * 5.0 + 7.0 * mod(TIME, 600.0))),
        far_rain = noise2(vec2(fall.x * 90.0 + fall.y * 12.0, fall.y * 9.0 + 8.0 * mod(TIME, 600.0)));
    c += (smoothstep(0.1, 0.8, near_rain) + smoothstep(0.1, 0.8, far_rain) - 0.30) * 0.17 * smoothstep(0.66, 0.98, cold) * (0.3 + m.rim);
    vec2 v = isf_FragNormCoord - 0.5;
    c *= 1.0 - 0.55 * dot(v, v);
    gl_FragColor = vec4(curve(c) + dither(), 1.0);
}
