/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Ruins in dust: broken walls, arches and columns, rubble before them, shafts of light.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "time_of_day", "LABEL": "Ash grey to golden", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.75},
    {"NAME": "destruction", "LABEL": "How much has fallen", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "dust", "LABEL": "Dust", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "beams", "LABEL": "Shafts of light", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "smoke", "LABEL": "Smoke that still rises", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "columns", "LABEL": "Houses to temples", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "darkness", "LABEL": "Day to gloom", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.35},
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

// Value noise, 0..1.
float value2(vec2 p) {
    vec2 i = floor(p), f = p - i, u = f * f * (3.0 - 2.0 * f);
    vec4 h = corners(i);
    vec2 side = mix(h.xz, h.yw, u.x);
    return mix(side.x, side.y, u.y);
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

// A broken edge: value noise along a line, 0..1, sharp where stones have come off.
float broken(float x, float key) {
    float i = floor(x), f = fract(x), a = hash2(vec2(mod(i, LATTICE), key)), b = hash2(vec2(mod(i + 1.0, LATTICE), key));
    return mix(a, b, smoothstep(0.25, 0.75, f));
}

// What stands at q in row k: above 0 inside it. Walls with windows, or columns under a broken beam.
// y: number of the piece, z: place across a column (9 on a wall).
vec3 piece(vec2 q, float k) {
    float cell = floor(q.x), f = fract(q.x) - 0.5, h = hash2(vec2(mod(cell, LATTICE), 20.0 + k));
    float jag = 0.16 * broken(q.x * 4.0, k + 2.0) + 0.09 * broken(q.x * 13.0, k + 5.0) + 0.04 * broken(q.x * 37.0, k + 9.0);
    float sunk = step(fract(h * 43.0), 0.14 * k), heap = 0.10 + 0.45 * jag - q.y;   // nothing but rubble is left
    if (fract(h * 29.0) < columns) {
        // three columns, some broken off, with base and capital; a beam lies on those that reach it
        float g = fract(q.x * 3.0) - 0.5;
        float c = hash2(vec2(mod(floor(q.x * 3.0), LATTICE), 50.0 + k)), full = 0.98 - 0.1 * k * 0.33;
        float tall = c > 0.75 * destruction ? full : full * (0.25 + 0.6 * fract(c * 17.0)) + 0.35 * jag;
        float radius = 0.17 - 0.03 * q.y + 0.06 * smoothstep(0.07, 0.03, q.y);
        radius += 0.08 * smoothstep(0.09, 0.02, full - q.y) * step(full, tall);
        float shaft = min((radius - abs(g)) * 0.33, tall - q.y);
        float lies = step(0.6 * destruction, fract(h * 5.0) + 0.25);
        float above = q.y - full, beam = min(min(above, 0.24 - 0.75 * jag - above), 0.47 + 0.2 * (jag - 0.15) - abs(f));
        beam = mix(-1.0, beam, lies);
        float body = max(max(shaft, beam) - 2.0 * sunk, heap);
        return vec3(body, c, q.y < full ? g / max(radius, 0.05) : 9.0);
    }
    float lean = f * (fract(h * 3.0) > 0.5 ? 1.0 : -1.0);
    float top = mix(1.15, 0.45, destruction * fract(h * 7.0)) * (0.55 + 0.45 * fract(h * 13.0));
    float body = top - (0.6 + 1.2 * destruction) * jag - 0.9 * destruction * max(lean, 0.0) - q.y;
    // openings: a row of arched windows, a door, and what was torn out
    vec2 w = vec2((fract(q.x * 3.0) - 0.5) / 3.0, q.y - 0.50), e = vec2(f + 0.12, q.y - 0.12);
    float hole = max(min(0.070 - abs(w.x), 0.15 - abs(w.y)), 0.070 - length(w - vec2(0.0, 0.14)));
    float door = max(min(0.09 - abs(e.x), 0.18 - abs(e.y)), 0.09 - length(e - vec2(0.0, 0.17))) - step(0.5, fract(h * 31.0));
    vec2 torn = vec2(f - 0.3 + 0.6 * fract(h * 11.0), q.y - 0.75 + 0.3 * fract(h * 17.0));
    float bite = 0.22 * destruction - max(abs(torn.x), abs(torn.y)) - 0.3 * abs(torn.x + torn.y) + 0.6 * (jag - 0.12);
    body = max(min(body, -max(max(hole, door), bite)) - 2.0 * sunk, heap);
    return vec3(body, h, 9.0);
}

// Stones of a wall: joints between them, and how bright each is.
float courses(vec2 q, float soft) {
    float row = floor(q.y * 13.0), x = q.x * 7.0 + 0.5 * mod(row, 2.0) + 0.3 * hash1(mod(row, LATTICE));
    vec2 f = vec2(fract(x), fract(q.y * 13.0)), edge = min(f, 1.0 - f) / vec2(7.0, 13.0);
    float joint = smoothstep(0.0, 0.009 + soft, min(edge.x, edge.y)), h = hash2(mod(vec2(floor(x), row), LATTICE));
    return mix(0.85, (0.45 + 0.55 * joint) * (0.72 + 0.5 * h), smoothstep(0.05, 0.012, soft));
}

// Angular rubble: facets, each with a slope of its own. x: height, y: light on it.
vec2 rubble(vec2 q, vec2 to_sun) {
    vec2 base = floor(q), f = q - base;
    float near = 9.0, second = 9.0, facet = 0.0;
    for (int i = 0; i < 9; i++) {
        vec2 o = vec2(mod(float(i), 3.0), floor(float(i) / 3.0)) - 1.0;
        float h = hash2(mod(base + o, LATTICE));
        vec2 d = o + vec2(h, fract(h * 61.7)) - f;
        float r = (abs(d.x * (0.6 + h)) + abs(d.y + 0.9 * d.x * (h - 0.5)) + 0.3 * length(d)) * (0.75 + 0.7 * fract(h * 23.0));
        if (r < near) {
            second = near;
            near = r;
            facet = dot(vec2(fract(h * 7.0), fract(h * 13.0)) - 0.5, to_sun) + 0.5 * (fract(h * 3.0) - 0.5) - 1.1 * d.y
                - 0.25 * sign(d.x + 0.4 * d.y + 0.3 * (h - 0.5)) * sign(to_sun.x);  // two faces, one turned to the sun
        } else {
            second = min(second, r);
        }
    }
    return vec2(smoothstep(0.02, 0.34, second - near), facet);
}

void main() {
    float pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE * pixel, extent = 0.5 * RENDERSIZE * pixel;
    p.x += 0.01 * sin(TIME * 0.13);
    float ground = -0.42 * extent.y;
    vec2 sun_at = vec2(0.45 * extent.x * sin(6.28 * seed + 0.7), ground + 0.62 * extent.y + 0.12);
    float gold = time_of_day * time_of_day;
    vec3 sun = mix(vec3(0.70, 0.84, 1.02), vec3(1.75, 0.86, 0.30), gold) * mix(1.25, 0.45, darkness);
    vec3 air = mix(vec3(0.30, 0.36, 0.43), vec3(0.86, 0.46, 0.20), gold) * mix(0.95, 0.16, darkness);
    vec3 high = mix(vec3(0.13, 0.19, 0.29), vec3(0.24, 0.30, 0.52), gold) * mix(0.9, 0.10, darkness);

    // sky, heavy with dust; the sun is a disc in it
    float up = clamp((p.y - ground) / (extent.y - ground), 0.0, 1.0), away = length(p - sun_at);
    float murk = fbm(vec2(p.x * 1.4, p.y * 2.4) + 7.0 * seed, vec2(TIME * 0.04, TIME * 0.01), 5.0);
    vec3 light = mix(air, high, pow(up, 0.8)) * (0.85 + 0.55 * murk);
    light += sun * (0.55 * exp(-4.5 * away) + 0.9 * smoothstep(0.05, 0.035, away) * (1.0 - 0.6 * dust));

    // shafts: the light that passes between what stands, drawn out from the sun
    vec2 from_sun = p - sun_at;
    float angle = atan(from_sun.x, -from_sun.y);
    float shafts = 0.6 * value2(vec2(angle * 5.0 + 11.0 * seed, 3.0 + mod(TIME * 0.05, LATTICE)));
    shafts += 0.4 * value2(vec2(angle * 15.0, mod(TIME * 0.09, LATTICE)));
    shafts = smoothstep(0.40, 0.85, shafts) * exp(-1.5 * away) * smoothstep(0.0, 0.2, away);
    shafts *= smoothstep(0.25, -0.25, p.y - sun_at.y);

    // rows of ruins, far to near; each row stands in the dust of those before it
    float veil = fbm(vec2(p.x * 1.6, (p.y - ground) * 3.0) + 3.0 * seed, vec2(TIME * 0.07, TIME * 0.02), 4.0);
    float weather = fbm(p * 11.0 + 5.0 * seed, vec2(0.0), clamp(-log2(pixel * 22.0), 2.0, 5.0));
    for (int i = 0; i < 3; i++) {
        float k = float(i), depth = mix(3.2, 1.0, k * 0.5), foot = ground + 0.045 * (2.0 - k);
        float size = mix(0.19, 0.52, k * 0.5) * (0.8 + 0.4 * extent.y), soft = pixel / size;
        vec2 q = vec2(p.x / size + 9.0 * k + 13.0 * seed * (1.0 + 0.2 * k), (p.y - foot) / size);
        vec3 part = piece(q, k);
        float cover = smoothstep(-soft, soft, part.x), stone = courses(q, 2.0 * soft);
        if (part.z < 5.0) stone = 0.75 + 0.25 * smoothstep(0.0, 0.02 + soft, abs(fract(q.y * 5.0) - 0.5));  // drums
        vec3 wall = mix(vec3(0.28, 0.26, 0.24), vec3(0.40, 0.32, 0.24), fract(part.y * 7.0)) * stone * (0.8 + 0.9 * weather);
        float side = sign(sun_at.x - p.x), rounded = 0.32 + 0.25 * weather;
        if (part.z < 5.0) rounded = clamp(0.40 + 0.8 * side * part.z, 0.04, 1.2);
        float flutes = part.z < 5.0 ? 0.85 + 0.15 * cos(part.z * 15.0) * smoothstep(0.03, 0.01, soft) : 1.0;
        float rim = smoothstep(0.05, 0.0, part.x) * exp(-2.2 * away);
        vec3 lit = wall * flutes * (air * 0.26 + high * 0.2 + sun * (0.30 * rounded * exp(-0.9 * away) + 0.9 * rim));
        lit *= 0.4 + 0.6 * smoothstep(0.0, 0.5, q.y);
        float haze = 1.0 - exp(-(0.2 + 1.1 * dust) * (depth - 0.85) * 0.62);
        light = mix(light, mix(lit, air + sun * 0.30 * exp(-3.5 * away), haze), cover);
        // dust between the rows, with the shafts in it
        float low = exp(-4.5 * max(p.y - foot, 0.0)) * (0.5 + 0.5 * energy), here = veil * (k > 0.5 ? -1.0 : 1.0);
        float cloud = (0.08 + 0.5 * dust) * low * smoothstep(-0.4, 0.5, here + 0.15 * bass);
        light = mix(light, air * (0.9 + 0.5 * here), clamp(cloud, 0.0, 0.85));
        light += sun * shafts * beams * (0.07 + 0.2 * dust) * (0.8 + 0.6 * here + 0.4 * mid * here + 0.25 * pulse);
    }

    // smoke from what still burns
    vec2 s = vec2(p.x - sun_at.x * -0.6 - 0.25 * (p.y - ground), p.y - ground);
    float column = abs(s.x) / (0.03 + 0.30 * max(s.y, 0.0));
    float puff = fbm(s * vec2(5.0, 3.2), vec2(-TIME * 0.03, TIME * 0.20), 4.0);
    float thick = smoothstep(1.0, 0.2, column - 1.1 * puff) * smoothstep(0.0, 0.1, s.y) * smoke * exp(-0.8 * max(s.y, 0.0));
    vec3 burning = vec3(0.9, 0.22, 0.04) * 0.5 * exp(-9.0 * s.y) * smoke;
    light = mix(light, (air * 0.16 + 0.01) * (0.8 + 1.2 * puff) + burning, thick);

    // rubble: three heaps of broken stone, the nearest of the largest pieces
    vec2 to_sun = normalize(sun_at - p + vec2(0.0, 0.15));
    float scale = 0.0, below = 0.0, nearness = 0.0;
    for (int i = 0; i < 3; i++) {
        float k = float(i), x = p.x * (5.0 - k) + 19.0 * seed + 7.0 * k;
        float jag = 0.07 * broken(x * (4.0 - k), k + 60.0) + 0.02 * broken(x * 11.0, k + 70.0);
        float swell = (0.03 + 0.13 * destruction) * broken(x * 0.7, k + 80.0) * (0.5 + 0.5 * k);
        float line = ground + 0.025 - (0.05 + 0.22 * extent.y) * k + swell + 0.7 * jag;
        if (p.y < line) { scale = mix(30.0, 8.5, k * 0.5); below = line - p.y; nearness = k * 0.5; }
    }
    if (scale > 0.0) {
        vec2 q = p * vec2(0.8, 1.15) * scale + vec2(11.0 * seed, scale) + 0.8 * weather, facets = rubble(q, to_sun);
        float fine = smoothstep(0.6, 0.15, pixel * scale * 1.3), facet = facets.y * fine;
        vec3 stone = mix(vec3(0.27, 0.255, 0.24), vec3(0.38, 0.30, 0.22), smoothstep(-0.4, 0.4, facet))
            * (0.85 + 0.8 * weather);
        stone *= mix(0.62, 0.06 + 0.94 * facets.x, fine) * (0.55 + 0.45 * exp(-9.0 * below));
        float grazing = smoothstep(0.03, 0.0, below) * exp(-1.5 * away);
        float direct = max(0.25 + 1.25 * facet, 0.0) * (0.3 + 0.7 * exp(-1.2 * away)) + grazing;
        vec3 lit = stone * (air * 0.50 + high * 0.3 + sun * direct);
        float haze = (1.0 - nearness) * (0.15 + 0.5 * dust);
        light = mix(lit * mix(1.0, 0.6, nearness), air, haze);
    }
    light += sun * shafts * beams * 0.10 * (0.3 + dust);
    float drift = fbm(p * vec2(1.2, 2.6) + 21.0 * seed, vec2(TIME * 0.14, -TIME * 0.02), 3.0);
    float passing = 0.34 * dust * smoothstep(-0.2, 0.6, drift + 0.1 * bass) * exp(-2.0 * max(p.y - ground, 0.0));
    light = mix(light, air * 1.05 + sun * 0.12, passing);
    for (int i = 1; i <= 2; i++) {
        float k = float(i), scale = 7.0 + 6.0 * k;
        vec2 grid = (p + 0.02 * vec2(sin(p.y * 7.0 + TIME * 0.5), cos(p.x * 6.0 + TIME * 0.4))) * scale;
        grid += vec2(-mod(TIME * 0.5, LATTICE), mod(TIME * 0.22 * k, LATTICE));
        float h = hash2(mod(floor(grid), LATTICE) + 17.0 * k), size = max(0.010 + 0.010 * h, 1.2 * pixel * scale);
        vec2 d = fract(grid) - 0.5 - 0.5 * (vec2(fract(h * 17.0), fract(h * 31.0)) - 0.5);
        light += sun * step(0.84 - 0.5 * treble, h) * exp(-dot(d, d) / (size * size)) * (0.10 + 0.9 * shafts)
            * (0.3 + dust) * (0.7 + pulse);
    }
    light *= 1.0 - 0.45 * dot(p, p) / dot(extent, extent);
    gl_FragColor = vec4(curve(light * 1.15) + dither(), 1.0);
}
