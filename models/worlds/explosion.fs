/*{
  "ISFVSN": "2",
  "DESCRIPTION": "An explosion in slow motion that never ends: a fireball, the smoke around it, debris and a wave of dust.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "size", "LABEL": "Size of the fireball", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "heat", "LABEL": "Crimson to gold", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.45},
    {"NAME": "smoke", "LABEL": "Dark smoke", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "debris", "LABEL": "Debris", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "dust", "LABEL": "Dust over the ground", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "daylight", "LABEL": "Night to pale day", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "roughness", "LABEL": "Roughness of the billows", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "seed", "LABEL": "Place", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "pulse", "LABEL": "Onset", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "bass", "LABEL": "Bass", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "mid", "LABEL": "Mid", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "treble", "LABEL": "Treble", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "energy", "LABEL": "Energy", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5}
  ]
}*/

const float LATTICE = 256.0;  // noise repeats after so many cells, so that what scrolls can wrap there unseen
const mat2 TURN = mat2(0.8, 0.6, -0.6, 0.8);

// Products of fractions only: the same on every machine.
float hash2(vec2 cell) {
    vec2 q = fract(cell * vec2(0.7548777, 0.5698403));
    q += dot(q, q.yx + 19.31);
    return fract((q.x + 1.7) * q.y);
}

vec2 slope(vec2 cell) {
    float h = hash2(cell);
    return vec2(h, fract(h * 61.7)) * 2.0 - 1.0;
}

// Gradient noise, about -0.7..0.7.
float noise2(vec2 p) {
    vec2 i = floor(p), f = p - i, u = f * f * f * (f * (f * 6.0 - 15.0) + 10.0);
    i = mod(i, LATTICE);
    vec2 j = mod(i + 1.0, LATTICE);
    float low = mix(dot(slope(i), f), dot(slope(vec2(j.x, i.y)), f - vec2(1.0, 0.0)), u.x);
    float high = mix(dot(slope(vec2(i.x, j.y)), f - vec2(0.0, 1.0)), dot(slope(j), f - 1.0), u.x);
    return mix(low, high, u.y);
}

// So many octaves, the last one faded in. `drift`: how far the pattern has moved, wrapped in each octave by itself.
float fbm(vec2 p, vec2 drift, float octaves) {
    float sum = 0.0, weight = 0.55;
    for (int i = 0; i < 6; i++) {
        float part = clamp(octaves - float(i), 0.0, 1.0);
        if (part <= 0.0) break;
        sum += part * weight * noise2(p - mod(drift, LATTICE));
        weight *= 0.5;
        p = 2.0 * TURN * p + 7.3;
        drift = 2.0 * TURN * drift;
    }
    return sum;
}

vec3 curve(vec3 light) {
    vec3 c = pow(1.0 - exp(-max(light, 0.0)), vec3(0.4545));
    return mix(c, c * c * (3.0 - 2.0 * c), 0.35);
}

float dither() { return (hash2(floor(isf_FragNormCoord * RENDERSIZE) + floor(fract(TIME) * 97.0)) - 0.5) / 255.0; }

vec3 glow(float t) {
    vec3 dull = mix(vec3(1.6, 0.05, 0.02), vec3(2.1, 0.24, 0.03), heat);
    vec3 bright = mix(vec3(2.4, 0.45, 0.05), vec3(2.8, 1.25, 0.22), heat);
    return t * t * mix(dull, bright, smoothstep(0.3, 1.0, t)) + 0.7 * bright * pow(t, 6.0);
}

// Round lumps with dark creases between them, 0 in a crease.
float billows(vec2 p, vec2 drift, float octaves) {
    float sum = 0.0, weight = 0.62;
    for (int i = 0; i < 5; i++) {
        float part = clamp(octaves - float(i), 0.0, 1.0);
        if (part <= 0.0) break;
        sum += part * weight * (1.0 - pow(1.0 - min(1.9 * abs(noise2(p - mod(drift, LATTICE))), 1.0), 2.0));
        weight *= mix(0.42, 0.6, roughness);
        p = 2.1 * TURN * p + 5.1;
        drift = 2.1 * TURN * drift;
    }
    return sum;
}

// Angle (0 upwards) and logarithm of the distance: what moves outwards there grows as it goes, for ever.
vec2 outwards(vec2 d) { return vec2(atan(d.x, d.y) * 1.4, log(length(d) + 0.03) * 1.4); }

vec3 sky(vec2 p, float ground, vec2 extent, vec3 air) {
    float up = clamp((p.y - ground) / (extent.y - ground), 0.0, 1.0);
    float cloud = fbm(vec2(p.x, p.y * 2.2) * 2.2 + 17.0 * seed, vec2(TIME * 0.03, 0.0), 4.0);
    vec3 high = mix(vec3(0.006, 0.007, 0.011), vec3(0.20, 0.21, 0.23), daylight);
    return mix(air, high, pow(up, 0.6)) * (1.0 + 0.9 * cloud);
}

// Broken walls and poles against the fire: height of what stands at x.
float wreck(float x, float scale, float key) {
    float cell = floor(x * scale), f = fract(x * scale);
    float h = hash2(vec2(mod(cell, LATTICE), key));
    float wall = 0.10 * h * h + 0.018 * noise2(vec2(x * 60.0, key)) + 0.03 * h * noise2(vec2(x * 17.0, key + 3.0));
    float pole = step(0.72, fract(h * 7.0)) * smoothstep(0.02, 0.012, abs(f - 0.4) / 1.6) * (0.10 + 0.08 * fract(h * 29.0));
    return max(wall, pole);
}

float chunk(vec2 d, float key, float pixel) {
    vec2 polar = outwards(d) * vec2(5.0, 2.2) - vec2(0.0, mod(TIME * 0.9 * (0.7 + 0.06 * key) + 11.0 * key, LATTICE));
    vec2 cell = floor(polar), f = fract(polar) - 0.5;
    float h = hash2(mod(cell + 31.0 * key, LATTICE));
    f -= 0.5 * (vec2(fract(h * 17.0), fract(h * 41.0)) - 0.5);
    float spin = TIME * (h - 0.5) * 5.0 + 9.0 * h, edge = 0.05 + 0.09 * fract(h * 5.0);
    vec2 turned = mat2(cos(spin), sin(spin), -sin(spin), cos(spin)) * f;
    float shape = max(abs(turned.x) * 0.9, abs(turned.y) * (1.2 + h)) + 0.3 * abs(turned.x + turned.y);
    float soft = 5.0 * pixel * 2.2 / max(length(d), 0.05);
    return step(fract(h * 53.0), 0.15 + 0.6 * debris) * smoothstep(soft, -soft, shape - edge);
}

float streaks(vec2 d, float key) {
    vec2 polar = outwards(d + 0.012 * noise2(d * 9.0)) * vec2(17.0, 2.1) - vec2(0.0, mod(TIME * 1.1 + 7.0 * key, LATTICE));
    float h = hash2(mod(floor(polar) + 17.0 * key, LATTICE));
    vec2 f = fract(polar) - vec2(0.3 + 0.4 * fract(h * 9.0), 0.5);
    float line = exp(-f.x * f.x * 120.0) * smoothstep(0.5, 0.3, f.y) * smoothstep(-0.5, 0.4, f.y);
    return step(fract(h * 31.0), 0.08 + 0.22 * debris + 0.3 * treble) * line * (0.3 + fract(h * 77.0));
}

void main() {
    float pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE * pixel, extent = 0.5 * RENDERSIZE * pixel;
    p += vec2(sin(TIME * 13.0), cos(TIME * 11.0)) * 0.004 * bass * energy;
    float ground = -0.6 * extent.y;
    float radius = mix(0.2, 0.42, size) * (1.0 + 0.05 * bass);
    vec2 heart = vec2(0.08 * sin(6.28 * seed), ground + 0.62 * radius);
    vec2 d = p - heart;
    d.x *= 0.92;
    vec3 air = mix(vec3(0.05, 0.018, 0.012), vec3(0.42, 0.36, 0.30), daylight) + 0.05 * glow(0.7) * exp(-1.5 * length(d));

    vec3 light = sky(p, ground, extent, air);

    // the ball: lumps roll outwards, hot where they are thick and near the heart, dark in the creases and at the rim
    vec2 bend = vec2(noise2(d * 3.0 + 9.0 * seed + vec2(0.0, -mod(TIME * 0.10, LATTICE))), noise2(d * 3.4 + 31.0));
    vec2 e = d + 0.09 * bend * (0.7 + 0.6 * energy);
    vec2 polar = outwards(e) * 1.15 + vec2(23.0 * seed, 0.0);
    float fine = clamp(log2(length(d) / pixel) - 3.0, 1.0, 4.6);
    float r = length(e * vec2(1.0, 0.92)) / radius;
    float even = max(smoothstep(0.4, 0.06, r), smoothstep(2.75, 3.1, abs(polar.x / 1.61 - 14.3 * seed)));
    float lumps = mix(billows(polar, vec2(0.0, TIME * 0.26), fine), 0.72, even);
    float stalk = smoothstep(0.5, 0.1, abs(e.x) / radius) * smoothstep(0.1, -0.3, e.y / radius);
    float body = 1.18 - r + 0.75 * (lumps - 0.5) + 0.25 * stalk;
    float shade = billows(polar + vec2(0.10, 0.16), vec2(0.0, TIME * 0.26), min(fine, 3.0));
    float facing = mix(clamp(0.5 + 1.6 * (lumps - shade), 0.0, 1.0), 0.8, even);

    // smoke rolls around and over it
    float soot = billows(polar * 0.8 + 9.0, vec2(0.0, TIME * 0.20), fine - 1.0);
    float reach = 1.0 + 0.75 * smoke + 0.5 * smoke * smoothstep(-0.2, 0.8, e.y / max(length(e), 0.01));
    float thick = smoothstep(0.0, 0.28, reach - r + 0.9 * (soot - 0.5)) * smoothstep(0.0, 0.15, smoke);
    float ember_light = exp(-4.0 * max(r - 0.7, 0.0)) * smoothstep(0.15, 0.8, soot);
        float rolled = billows(polar * 0.8 + 9.1, vec2(0.0, TIME * 0.20), fine - 2.0);
        vec3 smoke_light = (air * 0.14 + vec3(0.003)) * (0.1 + soot * soot + 2.5 * max(soot - rolled, -0.3));
    smoke_light += glow(0.6) * 0.6 * ember_light;
    light = mix(light, smoke_light, thick);
    light += streaks(d + vec2(0.0, 0.22 * dot(d, d)), 1.0) * glow(0.85) * smoothstep(0.6, 1.2, r) * exp(-0.8 * r) * 1.6;

        float cooled = 0.72 * r + 0.45 * smoke * smoothstep(0.2, 1.1, r) * (1.0 - soot);
    float temperature = clamp(1.12 - cooled + 0.9 * (lumps - 0.55), 0.0, 1.0);
    vec3 fire = glow(temperature * (0.55 + 0.5 * facing)) + vec3(0.02, 0.008, 0.004);
    fire += glow(0.9) * pulse * 0.35 * exp(-pow((r - 0.75) * 5.0, 2.0)) * lumps;
    light = mix(light, fire, smoothstep(0.02, 0.2, body));
    light += glow(0.75) * (0.16 + 0.05 * mid) * exp(-1.9 * r);

    // debris flies between the fire and the eye
    vec2 fallen = d + vec2(0.0, 0.25 * dot(d, d));
    float pieces = max(chunk(fallen, 1.0, pixel), chunk(fallen * 1.3, 2.0, pixel)) * smoothstep(0.35, 0.8, r);
    light = mix(light, air * 0.10 + glow(0.6) * 0.05, pieces);

    // the ground, the wreckage on it, and dust that runs along it
    float hull = ground + max(wreck(p.x + 3.0 * seed, 5.0, 3.0), 0.6 * wreck(p.x + 9.0 + 3.0 * seed, 11.0, 8.0)) - 0.012;
    float near_fire = exp(-3.0 * abs(d.x) / (0.4 + radius));
    float stand = smoothstep(pixel, -pixel, p.y - hull) * smoothstep(0.12, 0.3, abs(d.x) / (0.3 + radius));
    light = mix(light, air * 0.10 + glow(0.5) * 0.03 * near_fire, stand);
    if (p.y < ground) {
        float depth = 0.16 / (ground - p.y + 0.02);
        float grit = fbm(vec2(p.x * depth, depth) * 7.0 + 5.0 * seed, vec2(0.0), clamp(5.0 - 0.6 * depth, 1.0, 5.0));
        float fade = exp(-5.0 * (ground - p.y)) * near_fire;
        vec3 soil = (vec3(0.22, 0.17, 0.13) * air + glow(0.75) * 0.28 * fade) * (0.55 + 1.4 * max(grit + 0.2, 0.0));
        light = mix(light, soil, smoothstep(0.0, pixel * 2.0, ground - p.y));
    }
    // it runs to both sides: two fields, which meet under the fire
    vec2 run = vec2(abs(d.x) * 3.2 + 13.0 * seed, (p.y - ground) * 7.0), past = vec2(TIME * 0.45, TIME * 0.06);
    float cloud = -1.0, side = smoothstep(-0.2, 0.2, d.x);
    if (abs(p.y - ground) < 0.4) {
        cloud = side < 1.0 ? fbm(run, past, 5.0) : 0.0;
        if (side > 0.0) cloud = mix(cloud, fbm(run * vec2(1.1, 1.0) + 40.0, past, 5.0), side);
    }
    float bank = (0.03 + 0.13 * dust + 0.02 * bass) * (0.5 + 1.1 * smoothstep(0.0, 0.7, abs(d.x)));
    float veil = smoothstep(1.1, -0.2, abs(p.y - ground) / bank - 1.5 * cloud) * smoothstep(0.0, 0.2, dust);
        vec3 dust_light = air * vec3(0.7, 0.6, 0.5) * (0.55 + 0.9 * cloud);
    dust_light += glow(0.7) * (0.32 + 0.6 * max(cloud, 0.0)) * near_fire;
    light = mix(light, dust_light, 0.92 * veil);

    light *= 1.0 - 0.4 * dot(p, p) / dot(extent, extent);
    gl_FragColor = vec4(curve(light) + dither(), 1.0);
}
