/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Coloured smoke in a dark room, lit from behind: billows that roll, rims that glow, beams between them.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "density", "LABEL": "Density", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "palette", "LABEL": "Colour, round the circle", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "contrast", "LABEL": "Second colour", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "light", "LABEL": "Light behind", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "roll", "LABEL": "Rolling", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "lift", "LABEL": "Falling to rising", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.7},
    {"NAME": "beams", "LABEL": "Beams", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.45},
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

// Value noise, 0..1.
float value2(vec2 p) {
    vec2 i = floor(p), f = p - i, u = f * f * (3.0 - 2.0 * f);
    i = mod(i, LATTICE);
    vec2 j = mod(i + 1.0, LATTICE);
    return mix(mix(hash2(i), hash2(vec2(j.x, i.y)), u.x), mix(hash2(vec2(i.x, j.y)), hash2(j), u.x), u.y);
}

vec3 curve(vec3 light) {
    vec3 c = pow(1.0 - exp(-max(light, 0.0)), vec3(0.4545));
    return mix(c, c * c * (3.0 - 2.0 * c), 0.35);
}

float dither() { return (hash2(floor(isf_FragNormCoord * RENDERSIZE) + floor(fract(TIME) * 97.0)) - 0.5) / 255.0; }

// A colour of the circle, in light: 0 ember red, 1/6 amber, 1/3 green, 1/2 teal, 2/3 blue, 5/6 magenta.
vec3 tone(float turn) {
    vec3 c = clamp(abs(fract(turn + vec3(0.0, 2.0, 1.0) / 3.0) * 6.0 - 3.0) - 1.0, 0.0, 1.0);
    c = c * c * (3.0 - 2.0 * c);
    return mix(vec3(dot(c, vec3(0.3, 0.5, 0.2))), c, 0.86) * vec3(1.0, 0.85, 1.15) + 0.03;
}

// How much smoke is at p. `fold`: how far the pattern is drawn out by its own rolling.
float billow(vec2 p, vec2 drift, float octaves) {
    float sum = 0.0, weight = 0.6;
    for (int i = 0; i < 5; i++) {
        float part = clamp(octaves - float(i), 0.0, 1.0);
        if (part <= 0.0) break;
        float n = noise2(p - mod(drift, LATTICE));
        sum += part * weight * (1.0 - 1.9 * sqrt(n * n + 0.012));
        weight *= 0.52;
        p = 2.05 * TURN * p + 4.7;
        drift = 1.7 * TURN * drift;
    }
    return sum;
}

void main() {
    float pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE * pixel, extent = 0.5 * RENDERSIZE * pixel;
    vec2 lamp = vec2(0.5 * extent.x * sin(6.28 * seed + 0.05 * TIME), mix(0.12, 0.32, beams) * extent.y / 0.5);
    vec2 to_lamp = lamp - p;
    float away = length(to_lamp);
    vec2 way = to_lamp / max(away, 0.001);
    float climb = (lift - 0.5) * 0.5;
    vec2 drift = vec2(0.03 * TIME, TIME * 0.13 * (climb >= 0.0 ? 1.0 : -1.0));

    vec3 first = tone(palette), second = tone(palette + mix(0.08, 0.42, contrast));
    vec3 lamp_colour = mix(vec3(1.0, 0.95, 0.9), first, 0.35) * (0.25 + 1.5 * light * light + 0.15 * bass);

    // the room: the lamp's halo, and beams that the smoke further away cuts
    float angle = atan(to_lamp.x, to_lamp.y);
    float shafts = value2(vec2(angle * 6.0 + 7.0 * seed, mod(TIME * 0.12, LATTICE))) * value2(vec2(angle * 13.0 - 3.0, 3.0 + mod(TIME * 0.2, LATTICE)));
    vec3 room = mix(second * 0.018, first * 0.03, smoothstep(extent.y, -extent.y, p.y));
    room += lamp_colour * (0.55 * exp(-5.5 * away) + 1.6 * exp(-28.0 * away));
    room += lamp_colour * beams * shafts * 0.5 * exp(-1.7 * away);

    // two banks of smoke, the far one paler; each is lit through by what stands between it and the lamp
    vec3 sum = room;
    for (int i = 0; i < 2; i++) {
        float k = float(i), near = k;
        vec2 q = p * mix(2.1, 1.35, near) + vec2(17.0 * seed + 9.0 * k, 5.0 * k);
        vec2 d = drift * mix(0.8, 1.35, near);
        vec2 wind = vec2(noise2(q * 0.8 - mod(d * 0.7, LATTICE)), noise2(q * 0.8 + 23.0 - mod(d * 0.8, LATTICE)));
        q += wind * mix(0.25, 1.0, roll) * (0.75 + 0.5 * energy) + 0.03 * bass * wind.yx;
        float n = billow(q, d, 5.0), toward = billow(q + way * 0.11, d, 3.0);
        float shape = wind.x * 0.35 - mix(0.1, 0.55, near) * p.y / extent.y - 0.25 * (1.0 - abs(p.x) / extent.x) * near;
        float amount = smoothstep(0.05, 0.75, n + shape + mix(-0.35, 0.55, density));
        float rim = clamp(0.5 + 2.2 * (n - toward), 0.0, 1.4);   // thinner towards the lamp: lit
        float through = exp(-2.6 * amount);
        vec3 colour = mix(first, second, smoothstep(-0.5, 0.6, wind.y + 0.6 * p.x / extent.x + 0.4 * (k - 0.5)));
        float reach = 1.0 / (1.0 + 5.0 * away * away);
        vec3 lit = colour * (0.05 + rim * rim * (0.30 + 1.1 * light) * reach * (0.75 + 0.5 * mid * near)) * (0.4 + 0.6 * n + 0.35);
        lit += lamp_colour * colour * through * 1.3 * exp(-3.2 * away);
        lit += colour * pulse * 0.35 * rim * exp(-pow((away - 0.35) * 6.0, 2.0));
        sum = mix(sum, lit * mix(0.75, 1.0, near), amount * mix(0.8, 0.92, near));
    }

    // dust in the light
    for (int i = 1; i <= 2; i++) {
        float scale = 9.0 * float(i);
        vec2 grid = (p + 0.03 * sin(p.yx * 7.0 + TIME * 0.3)) * scale - mod(drift * scale * 0.5, LATTICE);
        float h = hash2(mod(floor(grid), LATTICE) + 9.0 * float(i));
        vec2 d = fract(grid) - 0.5 - 0.5 * (vec2(fract(h * 17.0), fract(h * 31.0)) - 0.5);
        float size = max(0.03, 1.3 * pixel * scale), glint = 0.5 + 0.5 * sin(TIME * (0.7 + 2.0 * h) + 40.0 * h);
        sum += lamp_colour * step(0.6 - 0.4 * treble, h) * exp(-dot(d, d) / (size * size)) * glint * 0.35 * exp(-2.2 * away);
    }
    sum *= 1.0 - 0.45 * dot(p, p) / dot(extent, extent);
    gl_FragColor = vec4(curve(sum * 1.5) + dither(), 1.0);
}
