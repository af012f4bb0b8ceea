/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Fireworks over a city at night, and all of it again in the water.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "bursts", "LABEL": "How many at once", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.85},
    {"NAME": "size", "LABEL": "Size of the bursts", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.75},
    {"NAME": "palette", "LABEL": "Red and gold, mixed, cold", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.45},
    {"NAME": "willow", "LABEL": "Peony to weeping willow", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "smoke", "LABEL": "Smoke", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "dusk", "LABEL": "Night to blue hour", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.35},
    {"NAME": "city", "LABEL": "Lights of the city", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
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

const float SHORE = -0.2;  // of half the height

vec3 spectrum(float turn) {
    vec3 c = clamp(abs(fract(turn + vec3(0.0, 2.0, 1.0) / 3.0) * 6.0 - 3.0) - 1.0, 0.0, 1.0);
    return mix(vec3(0.14), c, 0.95) * vec3(1.45, 0.95, 1.55);
}

// Each shell has a colour of its own out of the palette: red and gold, of every hue, or silver and blue.
vec3 shell_colour(float h) {
    vec3 gold = mix(vec3(1.6, 0.10, 0.03), vec3(1.5, 0.62, 0.12), h);
    vec3 cold = mix(vec3(0.10, 0.20, 0.95), vec3(0.50, 0.66, 0.95), h);
    vec3 mixed = spectrum(h * 1.7);
    return palette < 0.5 ? mix(gold, mixed, smoothstep(0.0, 0.45, palette)) : mix(mixed, cold,
        smoothstep(0.55, 1.0, palette));
}

// Stars of a shell on rings of different reach, each a streak along its way; `age` 0..1.
vec3 shell(vec2 d, float radius, float age, float key, vec3 colour, float pixel) {
    float grown = 1.0 - exp(-4.2 * age), fall = mix(0.10, 0.42, willow) * age * age;
    d.y += fall * radius * 1.6;
    float r = length(d) / radius;
    vec3 sum = vec3(0.0);
    float turns = atan(d.x, d.y) / 6.2831853;
    float rings = 2.1 + size;  // small shells have fewer
    for (int i = 0; i < MANY; i++) {
        float ring = float(i), dense = r > 1.15 ? 0.0 : clamp(rings - ring, 0.0, 1.0);
        float count = floor(60.0 + 34.0 * fract(key * 23.0)) - 17.0 * ring;
        float out_to = grown * (1.0 - 0.24 * ring);
        float a = turns * count + 7.0 * key + 0.37 * ring, h = hash2(vec2(mod(floor(a), count), 40.0 * key + ring));
        float across = (fract(a) - 0.5 + 0.95 * (h - 0.5)) * 6.2831853 / count * r * radius;
        float tip = out_to * (0.42 + 0.58 * sqrt(fract(h * 7.0))), trail = mix(0.22, 0.9, willow) * (0.35 + age);
        float back = (tip - r) / trail;
        float thin = max(0.0010, 0.65 * pixel);
        float glow_of = exp(-across * across / (thin * thin)) + 0.12 * exp(-across * across / (26.0 * thin * thin));
        float crackle = 0.60 + 0.45 * (1.0 + sine(190.0 * r + 250.0 * h + 9.0 * TIME) * sine(83.0 * r - 90.0 * h)) * (0.4 + age);
        float streak = glow_of * crackle * step(0.0, back) * exp(-2.6 * max(back, 0.0));
        vec2 at_tip = vec2(across, (tip - r) * radius);
        float bead = exp(-dot(at_tip, at_tip) / (2.2 * thin * thin));
        float twinkle = 0.65 + 0.35 * sine(TIME * (9.0 + 12.0 * h) + 40.0 * h) + treble * step(0.5, h);
        sum += mix(colour, mix(vec3(1.2, 0.95, 0.7), colour.brg, step(0.6, fract(key * 31.0))), 0.4 * ring)
            * (streak * (0.7 + 2.2 * fract(h * 3.0)) + bead * (1.6 + 3.6 * fract(h * 13.0))) * dense
            * mix(1.0, twinkle, smoothstep(0.3, 0.8, age));
        if (r > 1.15 || ring + 1.0 >= rings) break;
    }
    float fade = smoothstep(1.0, 0.45, age) * smoothstep(0.0, 0.04, age);
    // soft light of the whole shell on the air
    sum += colour * (0.22 * exp(-2.2 * r) * exp(-2.2 * age) + 2.2 * exp(-12.0 * r) * exp(-5.0 * age));
    return sum * fade;
}

// All that shines in the sky. `flare`: what the town and the water get of it, `haze`: what the smoke right here gets.
vec3 fire_in_sky(vec2 p, vec2 extent, float pixel, out vec3 flare, out vec3 haze) {
    vec3 sum = vec3(0.0);
    flare = vec3(0.0);
    haze = vec3(0.0);
    float ground = SHORE * extent.y, many = 3.0 + 5.0 * bursts;
    for (int i = 0; i < MANY; i++) {
        float k = float(i), part = clamp(many - k, 0.0, 1.0);
        // two and two take turns, so that one of them is always open
        float pair = floor(0.5 * k), h = hash1(pair + 3.0), turn = TIME * (0.19 + 0.05 * h) + h + 0.29 * pair + 0.5 * mod(k, 2.0);
        float age = fract(turn), key = hash2(vec2(mod(floor(turn), LATTICE), k + 5.0));
        float radius = mix(0.13, 0.46, size * size) * (0.65 + 0.5 * fract(key * 3.7)) * (1.0 + 0.06 * bass);
        vec2 top = vec2((fract(k * 0.618 + 0.25 * key + seed) - 0.5) * 1.6 * extent.x, 0.0);
        top.y = mix(ground + 0.34, extent.y * 0.75, 0.2 + 0.8 * fract(key * 11.0));
        vec3 colour = shell_colour(fract(key * 5.3));
        vec2 d = p - top;
        const float CLIMB = 0.20;  // of the turn it climbs, then it opens
        if (age < CLIMB) {
            float u = age / CLIMB, from = top.x + 0.08 * (key - 0.5);
            vec2 at = vec2(mix(from, top.x, u), mix(ground, top.y, 1.0 - (1.0 - u) * (1.0 - u))), e = p - at;
            e.x += 0.0012 * sine(p.y * 40.0 + TIME * 9.0) * smoothstep(0.0, -0.1, e.y);
            float thin = max(0.0011, 0.65 * pixel);
            float tail = exp(-e.x * e.x / (thin * thin)) * smoothstep(0.0, -0.004, e.y) * exp(26.0 * min(e.y, 0.0))
                * (1.0 - 0.6 * u);
            sum += vec3(1.2, 0.75, 0.35) * tail * part;
        } else {
            float grown = (age - CLIMB) / (1.0 - CLIMB), wide = radius * radius;
            sum += shell(d, radius, grown, key, colour, pixel) * part * (0.85 + 0.3 * pulse);
            vec3 burning = colour * exp(-2.2 * grown) * smoothstep(0.0, 0.05, grown) * smoothstep(1.0, 0.6, grown) * part;
            flare += 3.0 * burning * radius;
            float near = wide / (0.35 * wide + dot(d, d));
            haze += 0.4 * burning * near * near;
        }
        if (k + 1.0 >= many) break;
    }
    return sum;
}

// Night, or the last light of the day low behind the town.
vec3 night_sky(float up) {
    vec3 high = mix(vec3(0.003, 0.005, 0.016), vec3(0.010, 0.036, 0.19), dusk);
    vec3 low = mix(vec3(0.010, 0.012, 0.030), vec3(0.55, 0.17, 0.10), dusk * dusk);
    vec3 belt = mix(vec3(0.006, 0.009, 0.026), vec3(0.15, 0.045, 0.19), dusk);
    return mix(mix(low, belt, smoothstep(0.0, 0.32, up)), high, smoothstep(0.15, 0.9, up))
        + vec3(0.050, 0.026, 0.012) * city * exp(-5.0 * up);
}

// Banks of smoke from earlier shells: how much of what is behind them they hide, 0..1.
float smoke_banks(vec2 p, float up) {
    float drift = TIME * 0.05, puffs = fbm(p * vec2(1.7, 2.6) + 11.0 * seed, vec2(drift, 0.4 * drift), 4.0);
    return smoothstep(0.55 - 0.65 * smoke, 1.10 - 0.45 * smoke, 0.5 + 1.2 * puffs) * smoothstep(0.0, 0.3, smoke)
        * (0.55 + 0.45 * smoothstep(0.0, 0.25, up));
}

// Houses on the shore, level roofs with towers set back on some of them: x: how high here, y: number of the house,
// z: place across it.
vec3 houses(float x, float scale, float key) {
    float at = x * scale + 0.35 * sine(x * scale * 1.7), cell = floor(at), h = hash2(vec2(mod(cell, LATTICE), key));
    float middle = (cell + 0.5) / scale, away = abs(fract(at) - 0.5), f = fract(h * 29.0);
    float tall = (0.22 + 0.9 * h * h) * (0.65 + 0.5 * sine(middle * 2.3 + key) * sine(middle * 1.1 + 2.0));
    tall = max(tall, 0.08) * (1.0 + 0.34 * step(away, 0.30) * step(0.45, f) + 0.30 * step(away, 0.16) * step(0.7, f));
    return vec3(tall, h, fract(at));
}

vec3 skyline(vec3 light, vec2 p, float ground, float pixel, vec3 flare) {
    if (p.y > ground + 0.28) return light;
    for (int i = 0; i < 3; i++) {
        float k = float(i) * 0.5;
        vec3 house = houses(p.x + 7.0 * seed + 3.0 * k, mix(14.0, 18.0, k), 20.0 + k);
        float top = ground + mix(0.18, 0.08, k) * house.x;
        float cover = smoothstep(pixel, -pixel, p.y - top), rim = smoothstep(0.010, 0.0, top - p.y);
        // the far ones are pale with the air between, and all have the shells' light on their roofs
        vec3 wall = mix(vec3(0.012, 0.011, 0.020), vec3(0.003, 0.003, 0.006), k) + flare * (0.012 + 0.07 * rim) * (1.0 - 0.5 * k)
            + vec3(0.045, 0.028, 0.040) * dusk * (1.0 - k) * (0.5 + 0.5 * smoothstep(top, ground, p.y));
        vec2 mast = vec2((house.z - 0.5) / mix(14.0, 18.0, k), p.y - top);
        float beacon = step(0.93, fract(house.y * 53.0)) * (0.5 + 0.5 * sine(TIME * 2.0 + 40.0 * house.y));
        light += vec3(1.6, 0.10, 0.05) * beacon * exp(-dot(mast, mast) / (0.000012 + pixel * pixel)) * (1.0 - k);
        vec2 pane = vec2(house.z * 11.0, (p.y - ground) * 190.0), cell = floor(pane), f = fract(pane) - 0.5;
        float h = hash2(mod(cell + vec2(floor(house.y * 97.0) * 7.0, 40.0 * k), LATTICE)), blur = 190.0 * pixel;
        vec2 glass = smoothstep(vec2(0.32, 0.36) + 0.5 * blur, vec2(0.32, 0.36) - 0.5 * blur, abs(f));
        float lit = step(h, 0.08 + 0.50 * city * fract(house.y * 17.0)) * glass.x * glass.y * mix(0.5, 1.0, k);
        vec3 lamp = mix(vec3(1.0, 0.62, 0.28), vec3(0.75, 0.85, 1.0), step(0.8, fract(h * 37.0)))
            * (0.25 + 0.75 * fract(h * 91.0));
        light = mix(light, wall + lamp * lit * (0.15 + 0.6 * city) * (0.8 + 0.3 * mid), cover);
    }
    return light;
}

void main() {
    float pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE * pixel, extent = 0.5 * RENDERSIZE * pixel;
    float ground = SHORE * extent.y, depth = max(ground - p.y, 0.0);
    // below the shore the same picture is seen, upside down and drawn out by the waves
    vec2 q = p;
    vec3 flare;
    float wave = 0.0;
    if (p.y < ground) {
        float far = 0.05 / (depth + 0.02);
        vec2 w = vec2(p.x * far * 14.0, far * 26.0 + mod(TIME * 0.7, LATTICE));
        wave = (noise2(w) + 0.5 * noise2(w * 2.3 + 7.0)) * smoothstep(2.4, 0.4, far * 26.0 * pixel * 20.0);
        q = vec2(p.x + wave * 0.010 * (1.0 + 8.0 * depth) * (0.6 + 0.8 * energy), ground + depth * 1.35
            + wave * 0.11 * (0.25 + depth));
        q.y = max(q.y, ground + 0.002);
    }
    vec3 haze;
    vec3 fire = fire_in_sky(q, extent, p.y < ground ? 2.0 * pixel : pixel, flare, haze);
    float up = clamp((q.y - ground) / (extent.y - ground), 0.0, 1.0), bank = smoke_banks(q, up);
    // in the thickest, shells are clouds of coloured light, their stars faint within
    float grim = smoothstep(0.56, 0.92, smoke);
    vec3 pall = mix(vec3(0.016, 0.016, 0.020), vec3(0.30, 0.060, 0.016), exp(-4.5 * up)) * (0.70 + 0.5 * dusk)
        * (0.35 + 1.1 * bank);
    vec3 sky = mix(night_sky(up), pall, 0.95 * grim);
    // thin smoke lights up when shells burn behind it, thick smoke keeps its own dark
    vec3 lit = haze * mix(0.26 * (1.0 - 0.85 * bank), 0.17 + 0.11 * bank, grim) + flare * 0.010;
    vec3 light = mix(sky + 0.012 * haze, mix(0.45, 0.8, grim) * sky + vec3(0.004) + lit, min(1.3 * bank + 0.6 * grim, 0.95));
    light += fire * mix(1.1 - 0.5 * bank, 0.24, grim);
    light = skyline(light, q, ground, pixel, flare);
    light = mix(light, pall + 0.4 * lit, 0.7 * grim * smoothstep(0.45, 0.0, q.y - ground));
    light += bank * haze * 0.03 * smoothstep(0.25, 0.0, q.y - ground);
    float quay = fract(p.x * 17.0 + 9.0 * seed) - 0.5, lit_lamp = 0.4 + 0.6 * hash1(mod(floor(p.x * 17.0 + 9.0 * seed), LATTICE));
    // lamps along the quay, each with a streak in the water under it
    float lamps = exp(-quay * quay * 60.0 / (1.0 + 30.0 * depth)) * (exp(-abs(p.y - ground - 0.006) * 130.0)
        + 0.30 * step(p.y, ground) * (1.0 + wave) * exp(-9.0 * depth)) * lit_lamp;
    light += vec3(1.0, 0.6, 0.25) * lamps * (0.25 + 0.6 * city)
        + vec3(0.5, 0.28, 0.12) * city * 0.09 * exp(-14.0 * abs(p.y - ground));
    if (p.y < ground) {
        float grazing = exp(-1.3 * depth / extent.y);
        light = light * (0.35 + 0.5 * grazing) * (0.9 + 0.5 * wave) + vec3(0.003, 0.006, 0.012)
            + flare * 0.05 * max(wave, 0.0);
    }
    light *= 1.0 - 0.35 * dot(p, p) / dot(extent, extent);
    gl_FragColor = vec4(curve(light * 1.25) + dither(), 1.0);
}
