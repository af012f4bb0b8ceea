/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A city at night across the water: towers, haze, long reflections, lights out of focus near by.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "time_of_night", "LABEL": "Blue hour to deep night", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.45},
    {"NAME": "lights", "LABEL": "Lit windows", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "palette", "LABEL": "Amber, mixed, neon", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "haze", "LABEL": "Haze", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "height", "LABEL": "Height of the towers", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "bokeh", "LABEL": "Lights out of focus", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "waves", "LABEL": "Waves", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
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

float hash1(float n) { return hash2(vec2(n, 71.0)); }

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

vec3 neon(float turn) {
    vec3 c = clamp(abs(fract(turn + vec3(0.0, 2.0, 1.0) / 3.0) * 6.0 - 3.0) - 1.0, 0.0, 1.0);
    return (0.12 + c) * vec3(1.4, 0.8, 1.5);
}

// The colour of a lamp numbered h: sodium and tungsten, then cold offices between, then neon.
vec3 lamp(float h) {
    vec3 amber = mix(vec3(1.25, 0.50, 0.13), vec3(1.2, 0.80, 0.42), h);
    vec3 mixed = mix(amber, vec3(0.65, 0.85, 1.2), step(0.62, fract(h * 7.0)));
    vec3 bright = mix(mixed, neon(0.45 + 0.5 * fract(h * 13.0)), 0.85);
    return palette < 0.5 ? mix(amber, mixed, palette * 2.0) : mix(mixed, bright, palette * 2.0 - 1.0);
}

vec3 sky(vec2 p, float shore, vec2 extent, vec3 glow) {
    float up = clamp((p.y - shore) / (extent.y - shore), 0.0, 1.0);
    vec3 high = mix(vec3(0.085, 0.19, 0.50), vec3(0.003, 0.004, 0.010), sqrt(time_of_night));
    vec3 low = mix(vec3(1.25, 0.50, 0.26), vec3(0.03, 0.02, 0.03), sqrt(time_of_night));
    vec3 light = mix(low, high, smoothstep(0.0, 0.85, pow(up, 0.6)));
    float cloud = fbm(vec2(p.x * 1.3, p.y * 3.6) + 9.0 * seed, vec2(TIME * 0.05, 0.0), 4.0);
    light += glow * (0.05 + 0.20 * haze) * exp(-3.0 * up);
    float cover = smoothstep(-0.1, 0.5, cloud) * smoothstep(0.0, 0.3, up);
    light = mix(light, light * 0.6 + glow * 0.05 * (1.0 - up) + low * 0.12, 0.7 * cover);
    vec2 star = p * 40.0;
    float h = hash2(floor(star) + floor(9.0 * seed));
    vec2 d = fract(star) - 0.5 - 0.5 * (vec2(fract(h * 17.0), fract(h * 31.0)) - 0.5);
    float twinkle = 0.6 + 0.4 * sine(TIME * (1.0 + h) + 40.0 * h);
    return light + 0.3 * step(0.85, h) * exp(-dot(d, d) * 160.0) * up * time_of_night * (1.0 - cover) * (1.0 - haze)
        * twinkle;
}

// One row of towers, k from far to near, before what is behind.
vec3 towers(vec3 behind, vec2 p, float k, float shore, float pixel, vec3 air) {
    float wide = mix(15.0, 8.0, k * 0.5), place = p.x * wide + 31.0 * seed + 17.0 * k;
    float x = place + 0.32 * sine(place * 1.9) + 0.15 * sine(place * 0.7), cell = floor(x), f = fract(x);
    float h = hash2(vec2(mod(cell, LATTICE), 30.0 + k));
    float middle = (cell + 0.5 - 31.0 * seed - 17.0 * k) / wide;  // of the tower, so that its roof is level
    float district = 0.55 + 0.45 * sine(middle * 2.1 + 7.0 * seed + 2.0 * k) * sine(middle * 1.1 + 2.0);
    float tall = mix(0.09, 0.80, height) * mix(1.0, 0.5, k * 0.5) * district * (0.22 + 0.78 * h * h) + 0.03;
    float margin = 0.01 + 0.12 * fract(h * 7.0), inside = min(f, 1.0 - f) - margin;
    // setbacks, and a mast on the tallest
    float level = clamp((p.y - shore) / tall, 0.0, 1.5);
    inside -= step(0.72, level) * 0.12 * step(0.4, fract(h * 3.0)) + step(0.88, level) * 0.10 * step(0.6, fract(h * 5.0));
    float cover = smoothstep(-pixel, pixel, inside / wide) * smoothstep(pixel, -pixel, p.y - shore - tall);
    float mast = smoothstep(pixel + 0.0010, 0.0, abs(f - 0.5) / wide) * step(0.80, h)
        * smoothstep(pixel, -pixel, p.y - shore - tall * 1.28);
    cover = max(cover, mast);

    float floors = mix(150.0, 92.0, k * 0.5), columns = floor(mix(6.0, 13.0, fract(h * 11.0)));
    vec2 pane = vec2((f - margin) / (1.0 - 2.0 * margin) * columns, (p.y - shore) * floors);
    vec2 at = floor(pane), g = fract(pane) - 0.5;
    float w = hash2(mod(vec2(at.x + 13.0 * cell, at.y + 7.0 * k), LATTICE));
    float storey = hash2(mod(vec2(at.y, cell + 91.0), LATTICE));
    float busy = clamp(lights * 1.25 - 0.35 + 0.5 * fract(h * 19.0), 0.015, 0.95) * mix(1.0, 0.75, time_of_night);
    float on = step(w, busy * (0.5 + 0.7 * step(0.5, storey)));
    vec2 half_size = vec2(mix(0.26, 0.46, step(0.6, fract(h * 23.0))), 0.30);
    vec2 soft = vec2(columns * wide, floors) * pixel * 0.75;
    vec2 glass = smoothstep(half_size + soft, half_size - soft, abs(g));
    float fine = smoothstep(1.1, 0.4, soft.y), shine = mix(busy * 0.33, on * glass.x * glass.y, fine);
    float blink = step(0.9, fract(w * 41.0)) * step(0.5, fract(TIME * 0.05 + w * 9.0));
    vec3 window = lamp(mix(fract(h * 29.0), fract(w * 57.0), 0.35)) * (0.25 + 0.9 * fract(w * 91.0)) * shine
        * (1.0 - 0.8 * blink);
    window *= mix(0.6, 2.9, lights) * (1.0 + 0.25 * mid * step(0.6, storey)) * step(0.02, inside);
    vec3 wall = mix(vec3(0.014, 0.016, 0.024), air * 0.25, 0.35) * (0.55 + 0.45 * fract(h * 41.0)) * mix(1.0, 0.55, k * 0.5);
    wall += air * 0.10 * exp(-9.0 * max(p.y - shore, 0.0));
    float crown = step(0.75, fract(h * 37.0)) * smoothstep(0.05, 0.0, abs(level - 0.97)) * step(level, 1.0);
    window += lamp(fract(h * 61.0)) * crown * lights * (0.8 + 0.8 * bass);
    vec3 tower = mix(wall + window, air, (1.0 - k * 0.5) * mix(0.06, 0.90, haze));
    vec3 light = mix(behind, tower, cover);
    float beacon = exp(-pow(length(vec2((f - 0.5) / wide, p.y - shore - tall * 1.28)) / (0.0022 + pixel), 2.0))
        * step(0.80, h);
    return light + vec3(1.6, 0.10, 0.06) * beacon * (0.35 + 0.65 * smoothstep(0.2, 0.9, sine(TIME * 1.6 + 20.0 * h)));
}

// Lights before the lens, out of focus: soft discs, cut by the lens towards the corners, with a fine rim and a glow around.
vec3 out_of_focus(vec2 p, vec2 extent, float pixel) {
    vec3 sum = vec3(0.0);
    for (int i = 0; i < MANY; i++) {
        float k = float(i), h = hash1(k + 2.0), part = clamp(16.0 * bokeh - k + 1.0, 0.0, 1.0) * step(0.01, bokeh);
        float side = fract(h * 7.0 + seed + TIME * 0.004 * (0.5 + h)), big = fract(h * 31.0);
        vec2 at = vec2((side - 0.5) * 2.3 * extent.x, -extent.y * (0.98 - 0.72 * fract(h * 13.0) * fract(h * 29.0)));
        at += 0.010 * vec2(sine(TIME * 0.4 + 9.0 * k), cosine(TIME * 0.33 + 5.0 * k));
        float radius = mix(0.014, 0.080, big * big) * (1.0 + 0.06 * pulse * step(0.5, h));
        vec2 d = (p - at) / radius;
        float r = max(length(d), length(d + 0.40 * at)), blur = 0.10 + 2.0 * pixel / radius;
        float disc = smoothstep(1.0, 1.0 - blur, r) * (0.42 + 0.30 * r * r + 0.12 * d.y);
        float rim = exp(-pow((r - 0.93) / (0.05 + 0.7 * blur), 2.0)), halo = 0.16 / (1.0 + 3.0 * r * r);
        halo *= smoothstep(2.0, 0.6, r);
        float breath = 0.75 + 0.25 * sine(TIME * (0.5 + h) + 30.0 * h) + 0.5 * treble * step(0.6, fract(h * 3.0));
        vec3 colour = lamp(fract(h * 53.0));
        sum += (colour * (disc + halo) + (0.8 * colour + vec3(0.06, 0.02, 0.10)) * 0.22 * rim) * part * breath
            * mix(0.17, 0.34, bokeh) * mix(1.25, 0.70, big);
        if (k >= min(16.0 * bokeh, 15.0)) break;
    }
    return sum;
}

void main() {
    float pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE * pixel, extent = 0.5 * RENDERSIZE * pixel;
    float shore = -0.22 * extent.y, depth = max(shore - p.y, 0.0), wave = 0.0;
    vec2 q = p;
    if (p.y < shore) {
        float far = 0.06 / (depth + 0.015), rough = 0.25 + 0.9 * waves;
        vec2 w = vec2(p.x * far * 9.0, far * 24.0 + mod(TIME * 1.0, LATTICE));
        float calm = smoothstep(0.9, 0.2, far * far * 24.0 * pixel / 0.06 * 2.0);
        wave = calm * (noise2(w) + 0.5 * noise2(w * 2.3 - vec2(mod(TIME * 0.7, LATTICE), 0.0)));
        q = vec2(p.x + wave * 0.05 * depth * rough, shore + depth * 0.9
            + abs(wave) * 0.30 * rough * (0.12 + depth) * (0.7 + 0.6 * energy));
        q.y = max(q.y, shore + 0.001);
    }
    vec3 glow = mix(lamp(0.2), lamp(0.7), 0.35) * (0.25 + 0.75 * lights);
    vec3 air = mix(vec3(0.60, 0.29, 0.22), vec3(0.022, 0.02, 0.028), sqrt(time_of_night)) + glow * mix(0.035, 0.12, haze);
    vec3 light = sky(q, shore, extent, glow);
    for (int k = 0; k < 3; k++) light = towers(light, q, float(k), shore, p.y < shore ? pixel * 2.5 : pixel, air);
    // lamps along the embankment, and cars that pass behind them
    float row = p.x * 17.0 + 9.0 * seed, lit = hash1(mod(floor(row), LATTICE) + 5.0);
    vec2 d = vec2((fract(row) - 0.5) / 17.0, q.y - shore - 0.010);
    light += lamp(lit) * (0.5 + 0.9 * lights) * exp(-dot(d, d) / (0.000012 + 2.0 * pixel * pixel)) * 2.0;
    light += lamp(0.3) * (0.25 + 0.5 * lights) * exp(-pow((q.y - shore) * 60.0, 2.0)) * 0.35;
    float road = p.x * 9.0 - mod(TIME * 0.6, LATTICE), car = hash1(mod(floor(road), LATTICE) + 60.0);
    vec2 c = vec2((fract(road) - 0.5) / 9.0, q.y - shore - 0.004);
    light += vec3(1.3, 0.12, 0.05) * step(0.45, car) * exp(-dot(c, c * vec2(0.25, 1.0)) / (0.000006 + 1.5 * pixel * pixel));
    if (p.y < shore) {
        // each lamp draws a long broken streak
        float under = row + wave * 0.9 * waves, who = hash1(mod(floor(under), LATTICE) + 5.0);
        float streak = exp(-pow((fract(under) - 0.5) * (4.2 - 2.0 * waves), 2.0) * 4.0)
            * exp(-depth * mix(2.0, 5.0, who)) * (0.55 + 0.9 * wave);
        light = light * mix(0.75, 0.42, smoothstep(0.0, 0.5, depth)) + lamp(who) * streak * 0.30 * (0.4 + lights);
        light += vec3(0.002, 0.004, 0.008) + air * 0.10 * max(wave, 0.0);
    }
    light += air * mix(0.25, 1.1, haze) * exp(-11.0 * abs(p.y - shore)) * (1.0 + 0.15 * bass);
    if (p.y < 0.03 * extent.y) light += out_of_focus(p, extent, pixel) * (0.4 + 0.6 * lights);
    light *= 1.0 - 0.4 * dot(p, p) / dot(extent, extent);
    gl_FragColor = vec4(curve(light * 1.3) + dither(), 1.0);
}
