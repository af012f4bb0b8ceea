/*{
  "ISFVSN": "2",
  "DESCRIPTION": "The sun goes down over water: a clear evening, clouds that burn from below, or a storm with curtains of rain.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "sun_height", "LABEL": "Height of the sun", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
    {"NAME": "sun_side", "LABEL": "Sun from left to right", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.42},
    {"NAME": "cloudiness", "LABEL": "Cloudiness", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.55},
    {"NAME": "redness", "LABEL": "Redness", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
    {"NAME": "drama", "LABEL": "Clear evening to storm", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
    {"NAME": "waves", "LABEL": "Waves", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.4},
    {"NAME": "haze", "LABEL": "Haze", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.35},
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

// What the seed chooses, 0..1: a number of its own for each prime.
float chance(float prime) { return fract(seed * prime + 0.618034 * prime); }

struct Light {
    vec2 sun;
    vec3 colour;   // of the sun and of what it lights
    vec3 rim;      // of the sky at the horizon
    vec3 belt;     // above that
    vec3 zenith;
    vec3 shade;    // of clouds that it does not reach
};

float stormy() { return smoothstep(0.45, 0.82, drama); }

Light light(float horizon) {
    Light l;
    l.sun = vec2((mix(sun_side, chance(11.0), 0.65) - 0.5) * 1.6 * wide(), horizon - 0.15 + 0.36 * sun_height);
    float day = smoothstep(0.0, 0.9, sun_height),
        dark = (1.0 - 0.85 * drama) * mix(0.35, 1.0, smoothstep(0.0, 0.45, sun_height));
    float left = mix(0.38, 1.0, smoothstep(0.0, 0.42, sun_height));  // of the light, once the sun is down
    l.colour = (0.35 + 0.65 * left) * mix(mix(vec3(1.25, 0.42, 0.20), vec3(1.4, 0.78, 0.32), day), vec3(1.35, 0.22, 0.04),
        redness);
    l.rim = left * mix(mix(vec3(0.95, 0.36, 0.20), vec3(1.05, 0.62, 0.26), day), vec3(0.95, 0.20, 0.03), redness * 0.9);
    l.belt = mix(vec3(0.52, 0.27, 0.34), vec3(0.42, 0.07, 0.07), redness) * mix(0.75, 1.1, day) * mix(1.0, 0.20, drama) * left;
    l.zenith = mix(vec3(0.055, 0.115, 0.30), vec3(0.085, 0.03, 0.10), redness) * mix(0.5, 1.25, day) * dark;
    l.shade = mix(vec3(0.13, 0.10, 0.19), vec3(0.07, 0.022, 0.04), redness) * mix(0.7, 1.3, day) * dark;
    // before a storm the sky is slate, and only a slit is left of the light; clear evenings are blue high up
    float storm = stormy(), blaze = smoothstep(0.50, 0.85, redness) * (1.0 - storm);
    l.colour = mix(l.colour, vec3(2.0, 0.34, 0.04) * (0.35 + 0.65 * left), 0.9 * blaze);
    l.rim = mix(l.rim, left * vec3(1.35, 0.24, 0.02), 0.9 * blaze);
    l.belt = mix(l.belt, left * vec3(0.66, 0.040, 0.040), 0.9 * blaze);
    l.zenith = mix(l.zenith, vec3(0.14, 0.012, 0.050), 0.85 * blaze);
    float clear = smoothstep(0.45, 0.10, drama);
    l.zenith = mix(l.zenith, vec3(0.020, 0.025, 0.036), storm) + vec3(0.0, 0.060, 0.17) * clear * (1.0 - 0.7 * redness) * day;
    l.belt = mix(l.belt, vec3(0.045, 0.050, 0.062) + 0.12 * l.belt, 0.92 * storm) * (1.0 + 0.25 * clear);
    l.shade = mix(l.shade, vec3(0.016, 0.019, 0.026), storm);
    l.rim *= mix(vec3(1.0), vec3(0.42, 0.30, 0.27), storm) + 0.12 * clear;
    l.colour *= mix(1.0, 0.32, storm) + 0.15 * clear;
    // where it was gold, it is steel; where it was red, the slit stays red
    float steel = 0.9 * storm * (1.0 - smoothstep(0.50, 0.80, redness));
    l.rim = mix(l.rim, vec3(0.115, 0.130, 0.155) * left, steel);
    l.colour = mix(l.colour, vec3(0.20, 0.225, 0.265) * left, steel);
    return l;
}

// Clouds in one flat layer seen in perspective; `far` stretches it. Cover in x, light from the low sun in y.
vec2 layer(vec2 q, vec2 to_sun, float open, float closed) {
    float warp = noise2(q * 0.7 + 2.3);
    vec2 r = q + vec2(0.35, 0.22) * warp, slope = vec2(0.0);
    float sum = 0.0, amplitude = 0.55, weight = 0.7;
    mat2 turn = mat2(0.8, 0.6, -0.6, 0.8), back = mat2(1.0);
    for (int i = 0; i < 5; i++) {
        vec3 n = slope_noise(r);
        sum += amplitude * n.x;
        slope += weight * (back * n.yz);
        amplitude *= 0.54;
        weight *= 0.72;
        r = turn * r * 2.1 + vec2(1.3, 7.7) + 0.10 * TIME * vec2(0.3, 0.5);
        back = back * mat2(0.8, -0.6, 0.6, 0.8);
    }
    return vec2(smoothstep(open, closed, sum), 0.5 - 0.62 * dot(slope, to_sun));
}

vec3 sky(vec2 p, float horizon, Light l) {
    float tall = -low() - horizon, e = max(p.y - horizon, 0.0) / tall;
    vec2 away = (p - l.sun) * vec2(1.0, 1.25);
    float d = length(away), near_sun = exp(-2.4 * d);
    vec3 c = mix(l.rim, l.belt, smoothstep(0.0, 0.36, e - 0.12 * near_sun));
    c = mix(c, l.zenith, smoothstep(0.10, 0.95, e + 0.10 * (d - 0.4)));
    float rays = noise2(vec2(atan(away.x, away.y + 0.02) * 5.0 + seed * 5.0, 0.07 * TIME));
    c += l.colour * (0.55 * near_sun * near_sun + 0.16 * exp(-7.0 * abs(p.y - horizon)) * near_sun);
    c *= 1.0 + (0.22 + 0.25 * pulse) * rays * smoothstep(0.03, 0.3, d) * exp(-2.2 * d);
    float disc = smoothstep(0.047, 0.040, length(p - l.sun));
    c += l.colour * (disc * (1.0 - 0.9 * stormy()) * (1.5 + 12.0 * (p.y - horizon)) + 0.9 * exp(-d * 13.0));

    // High fleece, lit rose and gold far from the sun too.
    vec2 drift = vec2(0.035 * TIME + seed * 17.0, seed * 7.0);
    vec2 q = vec2(p.x * 0.8, 0.42) / (e + 0.16);
    vec2 to_sun = normalize(vec2(l.sun.x - p.x, 0.9));
    vec2 high = layer(q * vec2(1.5, 2.1) + drift, to_sun, 0.30 - 0.9 * cloudiness, 0.60 - 0.55 * cloudiness);
    float glow = clamp(high.y, 0.0, 1.4) * mix(0.25 + 0.75 * exp(-1.2 * d), exp(-2.6 * d), drama) * mix(1.0, 0.40, drama) * (1.0 - 0.92 * stormy());
    vec3 fleece = mix(l.shade + 0.15 * l.belt, l.colour * vec3(1.0, 0.86, 0.86), glow) + l.colour * 0.45 * near_sun * near_sun;
    c = mix(c, fleece, high.x * (0.88 - 0.3 * haze) * smoothstep(0.0, 0.16, e));

    // Long bars near the horizon, dark bodies with burning edges.
    q = vec2(p.x * 1.1, 8.5 * e + 0.22 * sin(1.9 * p.x + 9.0 * seed + 0.05 * TIME));
    vec2 bars = layer(q * vec2(1.0, 0.9) + drift.yx * 2.0, vec2(0.3, -0.9), 0.34 - 0.75 * drama, 0.62 - 0.50 * drama);
    float reach = smoothstep(0.0, 0.04, e) * smoothstep(0.55 + 0.6 * drama, 0.12 + 0.3 * drama, e);
    float edge = bars.x * (1.0 - bars.x) * 4.0;
    vec3 body = l.shade * (0.8 + 0.6 * bars.y) + l.colour * (0.35 + 0.9 * near_sun) * clamp(bars.y - 0.45, 0.0, 1.0) * 0.8 * (1.0 - 0.75 * stormy());
    body += l.colour * edge * (0.10 + 0.9 * near_sun) * (1.0 - 0.75 * stormy());
    c = mix(c, body, bars.x * reach * (0.92 - 0.35 * haze));
    // rain hangs from the clouds, driven aslant, in front of the light
    float across = p.x + 0.22 * p.y, drops = noise2(vec2(across * 4.0 - 0.10 * TIME + seed * 9.0, 0.5 * p.y + 3.0));
    float streaks = noise2(vec2(across * 46.0, 1.5 * p.y + 1.3 * TIME));
    float rain = stormy() * smoothstep(-0.15, 0.45, drops + 0.14 * streaks) * smoothstep(0.75, 0.15, e);
    c = mix(c, l.shade * 1.2 + 0.10 * l.rim, 0.85 * rain);
    return mix(c, l.rim + 0.3 * l.colour * near_sun, (1.0 - 0.75 * rain) * (0.25 + 0.55 * haze) * exp(-e * (13.0 - 7.0 * haze)));
}

// Headlands: dark, the farther the more they take the colour of the air; low islands, or mountains away from the sun.
vec3 coast(vec3 c, vec2 p, float horizon, Light l) {
    float size = mix(0.5, 3.4, chance(13.0) * chance(13.0)), lean = (l.sun.x > 0.0 ? -0.9 : 0.9) * chance(17.0) / wide();
    for (int i = 0; i < MANY; i++) {
        float k = float(i), x = p.x * (0.9 + 0.55 * k) + 17.0 * k + seed * 4.0;
        float rise = noise2(vec2(x, 0.5 + k)) + 0.35 * noise2(vec2(x * 2.9, 2.5)) + 0.16 * noise2(vec2(x * 7.7, 7.5))
            + 0.08 * noise2(vec2(x * 19.0, 1.5));
        float top = horizon + (0.10 - 0.022 * k) * size * (rise + 0.28 - 0.22 * k + lean * p.x);
        float cover = smoothstep(0.0, 2.0 / min(RENDERSIZE.x, RENDERSIZE.y), top - p.y);
        float air = (0.55 - 0.2 * k) * (0.25 + 0.75 * haze) + 0.25 * exp(-4.0 * length(p - l.sun));
        vec3 rock = mix(l.shade * 0.22, l.rim * 0.75, air);
        c = mix(c, rock, cover);
        if (i > 1 || p.y > horizon + 0.26 * size) break;  // no headland is so high
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
    p *= 1.0 - 0.005 * pulse;
    float horizon = low() * mix(0.76, 0.02, chance(7.0));
    Light l = light(horizon);
    // Water shows sky and coast upside down, moved by its waves. They are drawn once: what is in both branches of an `if`
    // costs twice where the processor draws.
    bool is_water = p.y < horizon;
    float depth = max(horizon - p.y, 0.0) / (horizon - low()), far = 1.0 / (depth + 0.035);
    // Waves in perspective, smaller ones fading out where they would be finer than two pixels.
    vec2 q = vec2(p.x * 1.4, 1.0) * far + vec2(seed * 5.0, 0.35 * TIME);
    float fine = smoothstep(0.03, 0.16, depth);
    float swell = noise2(q * vec2(0.55, 1.6) + vec2(0.12 * TIME, 0.0));
    float chop = noise2(q * vec2(1.5, 3.9) - vec2(0.25 * TIME, 0.0) + 0.6 * swell);
    float ripple = noise2(q * vec2(3.6, 9.0) + vec2(0.4 * TIME, 1.0)) * fine;
    float height = (0.25 + 0.95 * waves + 0.45 * stormy() + 0.3 * energy * bass) * (0.6 * swell + 0.5 * chop + 0.32 * ripple);
    vec2 mirror = vec2(p.x + 0.03 * height * depth, 2.0 * horizon - p.y + height * (0.06 + 0.22 * depth));
    mirror.y = max(mirror.y, horizon + 0.004);
    vec2 at = is_water ? mirror : p;
    vec3 c = coast(sky(at, horizon, l), at, horizon, l);
    if (is_water) {
        float fresnel = mix(0.82, 0.40, smoothstep(0.0, 1.0, depth)) - 0.10 * height;
        c = mix(l.shade * 0.35, c, clamp(fresnel, 0.2, 0.95));
        // The sun's path: facets that happen to face it.
        float width = 0.035 + 0.20 * depth * (0.5 + waves);
        float path = exp(-pow((p.x - l.sun.x) / width, 2.0)) * smoothstep(-0.3, 0.25, sun_height + 0.15);
        float spark = noise2(q * vec2(7.0, 15.0) - vec2(0.7 * TIME, 0.0)) * smoothstep(0.08, 0.35, depth);
        float facet = smoothstep(0.05, 0.45, 0.5 * chop + 0.6 * ripple + 0.5 * spark + 0.3 * swell + 0.14 - 0.25 * depth);
        c += l.colour * path * facet * (1.5 + 0.9 * treble) * (1.1 - 0.6 * depth);
    }
    c += (l.rim * 0.22 * haze + 0.05 * l.colour) * exp(-abs(p.y - horizon) * 18.0);
    vec2 v = isf_FragNormCoord - 0.5;
    c *= 1.0 - (0.5 + 0.4 * drama) * dot(v, v);
    gl_FragColor = vec4(curve(c) + dither(), 1.0);
}
