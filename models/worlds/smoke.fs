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
const int MANY = 40;  // turns of a loop that ends by `break`: drivers in software unroll fewer, and then run them all
const mat2 TURN = mat2(0.8, 0.6, -0.6, 0.8);

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

// Value noise, 0..1.
float value2(vec2 p) {
    vec2 i = floor(p), f = p - i, u = f * f * (3.0 - 2.0 * f);
    vec4 h = corners(i);
    vec2 side = mix(h.xz, h.yw, u.x);
    return mix(side.x, side.y, u.y);
}

vec3 curve(vec3 light) {
    vec3 t = sqrt(sqrt(1.0 - exp(-max(light, 0.0))));
    vec3 c = t * (t * (t * (t * 0.1414 - 0.4158) + 1.2414) + 0.0335);  // the display's gamma: t to the power of 1.818
    return mix(c, c * c * (3.0 - 2.0 * c), 0.35);
}

float dither() { return (hash2(floor(isf_FragNormCoord * RENDERSIZE) + floor(fract(TIME) * 97.0)) - 0.5) / 255.0; }

// A colour of the circle, in light: 0 ember red, 1/6 amber, 1/3 green, 1/2 teal, 2/3 blue, 5/6 magenta.
vec3 tone(float turn) {
    vec3 c = clamp(abs(fract(turn + vec3(0.0, 2.0, 1.0) / 3.0) * 6.0 - 3.0) - 1.0, 0.0, 1.0);
    c = c * c * (3.0 - 2.0 * c);
    return mix(vec3(dot(c, vec3(0.3, 0.5, 0.2))), c, 0.86) * vec3(1.1, 0.85, 1.25) + 0.03;
}

// Round lumps on round lumps, with creases between them: 0 in a crease, about 1 on a crown.
float billow(vec2 p, vec2 drift, float octaves) {
    float sum = 0.0, weight = 0.6;
    for (int i = 0; i < MANY; i++) {
        float part = clamp(octaves, 0.0, 1.0);
        float n = 1.0 - min(1.8 * abs(noise2(p - mod(drift, LATTICE))), 1.0);
        sum += part * weight * (1.0 - n * n);
        weight *= 0.47;
        p = 2.1 * TURN * p + 4.7;
        drift = 2.1 * TURN * drift;
        octaves -= 1.0;
        if (octaves <= 0.0) break;
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
    vec2 drift = vec2(0.04 * TIME, TIME * 0.2 * (climb >= 0.0 ? 1.0 : -1.0));

    vec3 first = tone(palette), second = tone(palette + mix(0.06, 0.36, contrast));
    vec3 lamp_colour = mix(vec3(1.0, 0.95, 0.9), first, 0.35) * (0.25 + 1.5 * light * light + 0.15 * bass);

    // the room: the lamp's halo, and beams that the smoke further away cuts
    vec2 ray = to_lamp / max(away, 0.001);  // noise over a circle, which has no seam
    float shafts = value2(ray * 4.0 + vec2(7.0 * seed, 60.0 + mod(TIME * 0.08, LATTICE)));
    shafts *= value2(ray * 9.0 + vec2(30.0 + mod(TIME * 0.11, LATTICE), 90.0));
    vec3 room = mix(second * 0.018, first * 0.03, smoothstep(extent.y, -extent.y, p.y));
    room += lamp_colour * (0.55 * exp(-5.5 * away) + 1.6 * exp(-28.0 * away));
    room += lamp_colour * beams * shafts * 0.30 * exp(-2.0 * away);

    // three banks of smoke, the far ones paler; each is lit on the side that looks to the lamp, and through where it is thin
    vec3 sum = room;
    for (int i = 0; i < 3; i++) {
        float near = 0.5 * float(i);
        vec2 q = p * mix(3.0, 1.7, near) + vec2(17.0 * seed + 9.0 * near, 5.0 * near), d = drift * mix(1.1, 1.5, near);
        vec2 wind = vec2(noise2(q * 0.7 - mod(d * 0.6, LATTICE)), noise2(q * 0.7 + 23.0 - mod(d * 0.7, LATTICE)));
        q += wind * mix(0.15, 0.6, roll) * (0.75 + 0.5 * energy) + 0.03 * bass * wind.yx;
        float n = billow(q, d, 4.6 - near), toward = billow(q + way * 0.07, d, 3.0);
        float top = mix(0.55, -0.55, near) * extent.y + 0.45 * wind.x + 0.12 * wind.y + mix(-0.35, 0.3, density);
        float amount = smoothstep(-0.02, 0.22, top - p.y + 0.30 * (n - 0.5));
        float facing = clamp(0.35 + 2.6 * (n - toward), 0.0, 1.5), reach = 1.0 / (1.0 + 4.5 * away * away);
        vec3 colour = mix(first, second, smoothstep(-0.45, 0.55, wind.y + 0.5 * p.x / extent.x + 0.5 * (near - 0.5)));
        float hem = 1.0 - smoothstep(0.0, 0.4, top - p.y + 0.3 * (n - 0.5));
        vec3 lit = colour * (0.05 + (0.10 + facing * facing * n) * (0.5 + 2.6 * light) * reach * (0.8 + 0.4 * mid * near));
        lit += (lamp_colour * 0.35 + colour * (0.1 + light)) * hem * hem * n * reach * 1.5;
        lit += colour * pulse * 0.4 * n * exp(-pow((away - 0.35) * 6.0, 2.0));
        sum = mix(sum, lit * mix(0.6, 1.0, near), amount * mix(0.75, 0.96, near));
        sum += lamp_colour * 0.05 * beams * shafts * exp(-1.7 * away);
    }

    // dust in the light
    for (int i = 1; i <= 2; i++) {
        float scale = 9.0 * float(i);
        vec2 grid = (p + 0.03 * sin(p.yx * 7.0 + TIME * 0.3)) * scale - mod(drift * scale * 0.5, LATTICE);
        float h = hash2(mod(floor(grid), LATTICE) + 9.0 * float(i));
        vec2 d = fract(grid) - 0.5 - 0.5 * (vec2(fract(h * 17.0), fract(h * 31.0)) - 0.5);
        float size = max(0.016, 1.3 * pixel * scale), glint = 0.5 + 0.5 * sin(TIME * (0.7 + 2.0 * h) + 40.0 * h);
        sum += lamp_colour * step(0.75 - 0.5 * treble, h) * exp(-dot(d, d) / (size * size)) * glint * 0.35 * exp(-2.2 * away);
    }
    sum *= 1.0 - 0.45 * dot(p, p) / dot(extent, extent);
    gl_FragColor = vec4(curve(sum * 1.7) + dither(), 1.0);
}
