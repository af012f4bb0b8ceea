/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A tunnel that one glides through: rings of light on ribs and panels, from a clean white one to a furnace.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "infernal", "LABEL": "Sterile to infernal", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.45},
    {"NAME": "palette", "LABEL": "Colour of the lamps", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "light", "LABEL": "Light of the lamps", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "spacing", "LABEL": "Distance of the rings", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.45},
    {"NAME": "shape", "LABEL": "Round to square", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "wear", "LABEL": "Wear and damp", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "fog", "LABEL": "Fog", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.45},
    {"NAME": "seed", "LABEL": "Bend of the way", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
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

// As fbm, with sharp crests: about -0.5..1.
float ridged(vec2 p, vec2 drift, float octaves) {
    float sum = 0.0, weight = 0.6;
    for (int i = 0; i < MANY; i++) {
        sum += clamp(octaves, 0.0, 1.0) * weight * (1.0 - 2.4 * abs(noise2(p - LATTICE * fract(drift / LATTICE))));
        weight *= 0.5;
        p = 2.1 * TURN * p + 3.7;
        drift = 2.1 * TURN * drift;
        octaves -= 1.0;
        if (octaves <= 0.0) break;
    }
    return sum;
}

vec3 curve(vec3 light) {
    vec3 t = sqrt(sqrt(1.0 - exp(-max(light, 0.0))));
    vec3 c = t * (t * (t * (t * 0.1414 - 0.4158) + 1.2414) + 0.0335);  // the display's gamma: t to the power of 1.818
    return mix(c, c * c * (3.0 - 2.0 * c), 0.35);
}

float dither() { return (hash2(floor(isf_FragNormCoord * RENDERSIZE) + floor(fract(TIME) * 97.0)) - 0.5) / 255.0; }

const float RADIUS = 1.0;

vec3 lamp_colour() {
    vec3 c = clamp(abs(fract(palette + vec3(0.0, 2.0, 1.0) / 3.0) * 6.0 - 3.0) - 1.0, 0.0, 1.0);
    vec3 clean = mix(vec3(0.95, 1.0, 1.05), vec3(0.12) + 1.15 * c, 0.72);
    vec3 furnace = mix(vec3(1.6, 0.22, 0.04), vec3(1.5, 0.55, 0.12), 0.5 + 0.5 * cosine(6.28 * palette));
    // between the two lies a violet one, so that the way there is not through grey
    vec3 violet = mix(vec3(0.85, 0.16, 1.1), vec3(1.2, 0.12, 0.5), 0.5 + 0.5 * sine(6.28 * palette));
    vec3 first_half = mix(clean, violet, smoothstep(0.2, 0.5, infernal));
    return mix(first_half, furnace, smoothstep(0.5, 0.8, infernal));
}

// Where the middle of the way is at distance z: it bends.
vec2 course(float z) {
    return vec2(sine(z * 0.13 + 6.28 * seed) + 0.5 * sine(z * 0.071 + 2.0), 0.45 * cosine(z * 0.11 + 3.0 * seed)) * 0.55;
}

// How far the middle of the tunnel lies aside, z ahead of the eye.
vec2 bend(float z) { return 0.35 * (course(z) - course(0.0)) * smoothstep(0.0, 9.0, z); }

// Distance from the middle in the tunnel's own measure: a circle, or a square with round corners.
float across(vec2 d) {
    vec2 a = abs(d);
    float power = mix(2.0, 7.0, shape * shape), top = max(max(a.x, a.y), 0.0001);
    a /= top;
    return top * pow(pow(a.x, power) + pow(a.y, power), 1.0 / power);
}

void main() {
    float pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE * pixel, extent = 0.5 * RENDERSIZE * pixel;
    float go = TIME * 0.85, roll = 0.10 * sine(TIME * 0.17) * (0.4 + energy);
    vec2 ray = mat2(cosine(roll), sine(roll), -sine(roll), cosine(roll))
        * (p + vec2(0.0, 0.006 * bass * sine(TIME * 7.0))) * 1.25;
    ray.y -= 0.02;

    // the wall that this pixel sees: its depth is refined against the bend of the way
    vec2 eye = vec2(0.0, -0.25);
    float z = RADIUS / max(across(ray), 0.012);
    for (int i = 0; i < 5; i++) {
        vec2 at = eye + ray * z - bend(z);
        z *= mix(1.0, RADIUS / max(across(at), 0.05), 0.7);
        z = min(z, 70.0);
    }
    vec2 at = eye + ray * z - bend(z);
    float angle = atan(at.x, -at.y) / 6.2831853;   // 0 at the floor
    float along = z + go, pitch = mix(1.6, 4.6, spacing), soft = pixel * z * 1.3;
    vec3 lamp = lamp_colour() * mix(0.35, 1.8, light * light) * (1.0 + 0.12 * bass);

    // panels between ribs
    float ring = along / pitch, index = floor(ring), f = fract(ring), near_rib = min(f, 1.0 - f) * pitch;
    float facets = 12.0, side = angle * facets, panel = floor(side), g = fract(side);
    float edge = min(min(g, 1.0 - g) * 6.2831853 / facets, min(f, 1.0 - f) * pitch);
    float h = hash2(mod(vec2(index, panel + 40.0), LATTICE));
    float octaves = clamp(-log2(soft * 4.0), 0.6, 5.0);
    vec2 skin = vec2(angle * 18.0, along * 1.5);
    float grime = fbm(skin + 5.0 * seed, vec2(0.0), octaves);
    float streaks = fbm(vec2(angle * 40.0, along * 0.8), vec2(0.0), min(octaves, 3.0));
    float dirt = smoothstep(-0.1, 0.6, grime + 0.6 * streaks + 0.7 * wear - 0.35);
    vec3 clean = mix(vec3(0.42, 0.44, 0.47), vec3(0.62), h) * (0.9 + 0.2 * h);
    vec3 rust = mix(vec3(0.20, 0.07, 0.03), vec3(0.06, 0.045, 0.04), smoothstep(-0.3, 0.4, grime));
    vec3 wall = mix(mix(clean, vec3(0.16, 0.13, 0.12), smoothstep(0.2, 0.8, infernal)), rust,
        dirt * mix(0.7, 0.95, infernal));
    float seam = smoothstep(0.0, 0.012 + soft, edge - 0.003);
    wall *= mix(0.25, 1.0, mix(seam, 0.8, smoothstep(0.05, 0.3, soft)));
    float rib = smoothstep(0.16 + soft, 0.12 - soft, near_rib);
    wall = mix(wall, wall * 0.55 + 0.02, rib);

    // rings of light; each glows by itself, a wave of brightness runs away with the beat
    float flicker = mix(1.0, 0.55 + 0.6 * noise2(vec2(13.7 * floor(ring + 0.5), mod(TIME * 1.3, LATTICE))), infernal * 0.3);
    float run = 1.0 + 0.9 * pulse * exp(-pow((z - 6.0) * 0.25, 2.0)) + 0.35 * mid * sine(along * 0.9);
    float width = 0.045, line = smoothstep(width + soft, width - soft, near_rib) * min(1.0, 2.0 * width / max(soft, 0.001));
    float gap = smoothstep(0.06, 0.16, abs(angle)), which = floor(ring + 0.5);
    float tube = angle * 5.0 - 0.5, first = mod(floor(tube), 5.0), second = mod(first + 1.0, 5.0);  // five to a ring
    vec2 lives = smoothstep(-0.06, 0.06, vec2(hash2(mod(vec2(which, first + 9.0), LATTICE)),
        hash2(mod(vec2(which, second + 9.0), LATTICE))) - 0.16 * infernal - 0.10 * wear);
    float broken = 0.08 + 0.92 * mix(lives.x, lives.y, smoothstep(0.25, 0.75, fract(tube)));  // a dead one glows at its ends
    float shining = line * gap * mix(1.0, broken, smoothstep(0.2, 0.5, infernal + wear)) * flicker;
    float reach = 0.05 + 1.1 * exp(-2.6 * near_rib) * gap + 0.22 * exp(-0.9 * near_rib);
    vec3 seen = wall * lamp * reach * run * 1.3 + lamp * run
        * (3.2 * shining + 0.22 * gap * exp(-near_rib * 9.0 / (1.0 + 0.1 * z)));

    // strips along the way, the floor that mirrors, glowing cracks below when it is a furnace
    float strip = smoothstep(0.0055 + soft * 0.2, 0.0035 - soft * 0.2, abs(abs(angle) - 0.150));
    seen += lamp * strip * (0.55 + 0.45 * sine(along * 0.8 - TIME * 2.0 + treble * 3.0))
        * min(1.0, 0.1 / max(soft, 0.01)) * 0.9;
    float floor_part = smoothstep(0.125, 0.095, abs(angle));
    float ripple = noise2(vec2(at.x * 9.0, along * 2.2)) * 0.5 * smoothstep(0.5, 0.05, soft);
    float mirror = exp(-2.2 * near_rib * (1.0 + ripple)) * (0.5 + 0.9 * exp(-pow(at.x * 1.6, 2.0)));
    vec3 ground = mix(vec3(0.05), vec3(0.02, 0.012, 0.01), infernal)
        + lamp * mirror * mix(0.55, 0.25, wear) * (1.0 - 0.6 * dirt);
    ground += lamp * 0.22 * exp(-pow(at.x * 4.0, 2.0)) * (0.5 + ripple) * mix(1.0, 0.3, wear);
    float cracks = smoothstep(0.62, 0.98, ridged(vec2(at.x * 1.7, along * 0.9), vec2(0.0), min(octaves, 4.0))
        + 0.12 * infernal - 0.12);
    ground += vec3(2.2, 0.42, 0.05) * cracks * smoothstep(0.45, 0.9, infernal) * (0.7 + 0.4 * bass);
    seen = mix(seen, ground, floor_part);

    // fog takes the distance and carries the light
    float veil = 1.0 - exp(-z * mix(0.012, 0.075, fog));
    vec3 far_light = lamp * mix(0.35, 0.75, fog) * mix(vec3(1.0), vec3(1.2, 0.7, 0.5), infernal) * (0.8 + 0.25 * bass);
    float drift = 0.75 + 0.8 * fbm(vec2(angle * 5.0, log(z) * 2.2), vec2(0.0, TIME * 0.4), 3.0);
    seen = mix(seen, far_light * drift, veil);
    seen += lamp * 0.10 * exp(-4.5 * length(p)) * (0.5 + fog);

    // sparks or dust flying by
    vec2 fly = vec2(angle * 24.0, log(max(length(ray), 0.01)) * 4.0 - mod(TIME * 2.4, LATTICE));
    float s = hash2(mod(floor(fly), LATTICE));
    vec2 d = fract(fly) - 0.5 - 0.5 * (vec2(fract(s * 17.0), fract(s * 31.0)) - 0.5);
    float mote = exp(-dot(d, d * vec2(4.0, 0.5)) * 260.0) * step(0.86 - 0.25 * treble - 0.12 * infernal, s)
        * smoothstep(0.1, 0.35, length(ray));
    seen += lamp * mote * (0.35 + 0.6 * infernal);
    seen *= 1.0 - 0.5 * dot(p, p) / dot(extent, extent);
    gl_FragColor = vec4(curve(seen) + dither(), 1.0);
}
