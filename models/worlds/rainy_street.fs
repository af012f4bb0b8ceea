/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A street at night in the rain: lamps, signs and windows, and all of them again in the wet road.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "rain", "LABEL": "Rain", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "neon", "LABEL": "Neon signs", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "palette", "LABEL": "Amber to magenta and teal", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "windows", "LABEL": "Lit windows", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "wet", "LABEL": "Puddles", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "fog", "LABEL": "Fog", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "dusk", "LABEL": "Night to blue evening", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
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

const float WALL = 3.7;   // metres from the middle of the street to the houses
const float EYE = 1.5;    // height of the eye over the road

vec3 hue(float turn) {
    vec3 c = clamp(abs(fract(turn + vec3(0.0, 2.0, 1.0) / 3.0) * 6.0 - 3.0) - 1.0, 0.0, 1.0);
    return (0.06 + c) * vec3(1.25, 0.85, 1.35);
}

vec3 sign_colour(float h) { return mix(mix(vec3(1.4, 0.55, 0.12), vec3(1.4, 0.16, 0.06), h), hue(mix(0.45, 1.02, h)),
    palette); }

vec3 lamp_colour() { return mix(vec3(1.35, 0.72, 0.28), vec3(0.95, 0.95, 1.15), palette * 0.75); }

// The front of a house at `at` = (way down the street, height): windows above, shops and signs below.
vec3 front(vec2 at, float side, float soft, vec3 air) {
    float lot = 5.2, house = floor(at.x / lot), f = fract(at.x / lot) * lot;
    float h = hash2(vec2(mod(house, LATTICE), 3.0 + 7.0 * side)), storey = 2.9, level = floor(at.y / storey);
    float brick = smoothstep(0.04 + 2.5 * soft, 0.10 + 3.5 * soft, abs(fract(at.y * 3.4) - 0.5))
        * smoothstep(0.15, 0.05, soft);
    vec3 wall = mix(vec3(0.050, 0.034, 0.030), vec3(0.030, 0.034, 0.042), h)
        * (0.75 + 0.5 * noise2(at * vec2(1.1, 0.6)) + 0.25 * brick);
    wall *= 1.0 - 0.5 * smoothstep(0.10, 0.02, abs(abs(f - 0.5 * lot) - 0.5 * lot));
    vec3 light = wall * (air * 2.0 + 0.10) + wall * lamp_colour() * 2.2 * exp(-pow((at.y - 3.0) * 0.45, 2.0));
    // windows: three a floor, some lit, some behind curtains
    vec2 pane = vec2(f / lot * 3.0, at.y / storey), g = fract(pane) - vec2(0.5, 0.48);
    float w = hash2(mod(vec2(floor(pane.x) + 3.0 * house, level + 20.0 * side), LATTICE));
    vec2 blur = vec2(3.0 / lot, 1.0 / storey) * soft + 0.01;
    vec2 size = vec2(0.27, 0.29), glass = smoothstep(size + blur, size - blur, abs(g));
    float cross_bar = smoothstep(0.015, 0.015 + 2.0 * blur.x, abs(g.x))
        * smoothstep(0.01, 0.01 + 2.0 * blur.y, abs(g.y - 0.06));
    float on = step(w, windows * 0.9) * step(0.5, level);
    vec3 room = mix(vec3(1.1, 0.62, 0.25), vec3(0.75, 0.85, 1.0), step(0.8, fract(w * 7.0)));
    room *= (0.25 + 0.7 * fract(w * 19.0)) * (0.55 + 0.6 * g.y + 0.4 * cross_bar) * (0.7 + 0.3 * step(0.12, abs(g.x + 0.1)));
    light = mix(light, mix(air * 0.5 + vec3(0.006), room, on * mix(0.8, 1.0, fract(w * 3.0))),
        glass.x * glass.y * step(0.5, level));
    // a shop: a wide bright pane under an awning
    vec2 opening = abs(vec2(f - 0.5 * lot, at.y - 1.32)) - vec2(0.5 * lot - 0.3, 0.97);
    float shop = smoothstep(soft, -soft, max(opening.x, opening.y));
    float open = step(mix(0.90, 0.05, windows), fract(h * 5.0)), bay = fract((f - 0.3) / 1.15) - 0.5;
    vec3 inside = mix(vec3(1.15, 0.75, 0.38), sign_colour(fract(h * 9.0)), 0.45 * neon)
        * (0.10 + 0.45 * smoothstep(0.9, 2.2, at.y));
    float goods = 0.35 + 0.75 * fract(h * 47.0 + 3.7 * floor(f * 2.6)) + 0.25 * value2(vec2(f * 5.0, 4.0 + house));
    inside += inside * 1.6 * smoothstep(0.05 + soft, -soft, abs(at.y - 1.95) - 0.05) * (0.5 + 0.5 * neon);
    inside *= mix(0.28, 1.0, smoothstep(goods - 0.04 - soft, goods + 0.04 + soft, at.y - 0.35));
    inside *= smoothstep(0.49, 0.46 - soft, abs(bay)) * 0.9 + 0.1;
    light = mix(light, mix(vec3(0.012), inside * mix(0.5, 1.1, neon), open), shop);
    // signs: a lit board over the shop, a tall one that stands out from the wall
    vec2 board = abs(vec2(f - 0.5 * lot, at.y - 2.72)) - vec2(1.5 + 0.7 * fract(h * 13.0), 0.20);
    vec2 tall = abs(vec2(f - 0.6, at.y - 4.9)) - vec2(0.30, 1.0 + 0.8 * fract(h * 17.0));
    float hum = 0.85 + 0.15 * sine(TIME * (3.0 + 5.0 * h) + 20.0 * h) + 0.35 * pulse * step(0.5, fract(h * 21.0)) + 0.25 * mid;
    float glyphs = 0.55 + 0.45 * smoothstep(0.35, 0.65, value2(vec2(f * 6.0, at.y * 2.4 + 9.0 * h)));
    float lit_board = smoothstep(soft, -soft, max(board.x, board.y));
    float lit_tall = smoothstep(soft, -soft, max(tall.x, tall.y)) * step(0.45, fract(h * 31.0));
    light = mix(light, sign_colour(fract(h * 23.0)) * glyphs * hum * 2.6 * neon * (0.3 + 0.7 * neon)
        + wall * 0.4, lit_board * step(0.25, fract(h * 11.0)));
    light = mix(light, sign_colour(fract(h * 37.0)) * glyphs * hum * 3.0 * neon * (0.3 + 0.7 * neon) + wall * 0.4, lit_tall);
    float spill = exp(-1.3 * max(max(board.x, board.y), 0.0)) * step(0.25, fract(h * 11.0));
    spill += exp(-1.6 * max(max(tall.x, tall.y), 0.0)) * step(0.45, fract(h * 31.0));
    return light + sign_colour(fract(h * 23.0)) * spill * 0.13 * neon * neon * hum;
}

// Street lamps and the lights of cars, as glows in the picture.
vec3 lights_of(vec2 q, float lens, float pixel) {
    vec3 sum = vec3(0.0);
    for (int i = 0; i < 12; i++) {
        float k = float(i), z = 3.4 + 4.6 * floor(k * 0.5), side = mod(k, 2.0) * 2.0 - 1.0;
        vec2 at = lens * vec2(side * (WALL - 0.75), 4.3 - EYE) / z, d = q - at;
        float size = 0.10 * lens / z, r2 = dot(d, d), mist = exp(-z * mix(0.01, 0.05, fog));
        float halo = mix(0.006, 0.0165, fog) * size / (r2 + size * size);
        sum += lamp_colour() * mist * (1.5 * exp(-r2 / (size * size * 0.5 + pixel * pixel)) + halo);
        float post = smoothstep(0.03 * lens / z + pixel, 0.02 * lens / z, abs(q.x - at.x)) * step(q.y, at.y)
            * step(-EYE * lens / z, q.y);
        sum -= 0.02 * post * mist;
    }
    for (int i = 0; i < 4; i++) {
        float k = float(i), coming = mod(k, 2.0), turn = fract(TIME * 0.045 * (1.0 + 0.2 * k) + 0.27 * k + seed);
        float z = mix(34.0, 2.5, coming > 0.5 ? turn : 1.0 - turn);
        float fade = smoothstep(0.0, 0.12, turn) * smoothstep(1.0, 0.85, turn);
        vec2 at = lens * vec2(coming > 0.5 ? -0.85 : 0.85, 0.55 - EYE) / z;
        vec2 d = vec2(abs(q.x - at.x) - 0.52 * lens / z, q.y - at.y);
        float size = mix(0.09, 0.075, coming) * lens / z, r2 = dot(d, d);
        vec3 colour = coming > 0.5 ? vec3(1.3, 1.15, 0.95) : vec3(1.3, 0.07, 0.04);
        sum += colour * fade * (1.6 * exp(-r2 / (size * size + pixel * pixel))
            + 0.012 * size / (r2 + 0.3 * size * size) * mix(0.5, 1.0, coming)) * exp(-z * 0.02);
    }
    return max(sum, -0.02);
}

// Somebody under an umbrella; `d` from the feet in metres. 1 on it.
float walker(vec2 d, float soft) {
    vec2 dome = d - vec2(0.0, 1.62);
    float scallop = 0.05 * abs(sine(dome.x * 10.5));
    float umbrella = max(length(dome * vec2(1.0, 1.35)) - 0.62, -dome.y + scallop - 0.02);
    float stick = max(abs(d.x - 0.05) - 0.012, abs(d.y - 1.5) - 0.35);
    float head = length(d - vec2(-0.03, 1.50)) - 0.12, waist = mix(0.30, 0.17, clamp((d.y - 0.5) / 0.9, 0.0, 1.0));
    float coat = max(abs(d.x + 0.02) - waist, abs(d.y - 0.92) - 0.46), stride = 0.09 * sine(TIME * 2.4) * (0.6 - d.y);
    float legs = max(min(abs(d.x - 0.09 - stride), abs(d.x + 0.12 + stride)) - 0.065, abs(d.y - 0.28) - 0.30);
    return smoothstep(soft, -soft, min(min(umbrella, stick), min(head, min(coat, legs))));
}

void main() {
    float pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE * pixel, extent = 0.5 * RENDERSIZE * pixel;
    float horizon = -0.12 * extent.y, lens = 0.62 * mix(1.0, 1.25, smoothstep(0.7, 0.4, extent.x));
    vec2 q = p - vec2(0.03 * sine(TIME * 0.11), horizon + 0.004 * sine(TIME * 0.9) * energy);
    bool road = q.y < 0.0 && abs(q.x) * EYE < WALL * -q.y;
    float murk = fog * mix(0.4, 1.0, rain) * (1.0 - 0.5 * neon), evening = dusk * dusk * (1.0 - 0.8 * murk);
    vec3 air = mix(vec3(0.010, 0.012, 0.018), vec3(0.085, 0.15, 0.31), dusk) + lamp_colour() * mix(0.012, 0.05, fog);
    air += vec3(0.16, 0.10, 0.13) * evening;

    // the wet road shows what stands above it, drawn out towards us by the ripples
    vec2 ground = vec2(q.x, 1.0) * EYE / max(-q.y, 0.004);
    ground.y *= lens;
    float footprint = pixel * ground.y * ground.y / (EYE * lens), ripple = 0.0, puddle = 0.0, grain = 0.0;
    vec2 seen = q;
    if (road) {
        float sharp = clamp(-log2(footprint * 3.0), 0.0, 4.0);
        puddle = smoothstep(-0.25, 0.2, fbm(ground * vec2(0.8, 0.35) + 13.0 * seed, vec2(0.0), min(sharp + 1.0, 3.0))
            + 0.9 * wet - 0.45);
        grain = fbm(ground * vec2(11.0, 7.0), vec2(0.0), sharp);
        ripple = noise2(ground * vec2(3.0, 1.6) + vec2(0.0, mod(TIME * 1.1, LATTICE)));
        ripple += 0.6 * noise2(ground * vec2(7.0, 4.0) - vec2(0.0, mod(TIME * 1.7, LATTICE)));
        ripple *= smoothstep(0.6, 0.1, footprint);
        float shake = mix(1.0, 0.35, puddle) * (0.5 + 0.7 * rain) * (0.7 + 0.6 * energy);
        vec2 thrown = vec2(0.020 * ripple + 0.02 * grain, 0.22 * ripple + 0.20 * grain) * shake;
        seen = vec2(q.x + thrown.x * min(-q.y * 4.0, 1.0), -q.y - thrown.y * q.y);
        seen.y = max(seen.y, 0.001);
    }

    // houses on both sides as far as one sees, sky between
    float z = WALL * lens / max(abs(seen.x), 0.02), side = step(0.0, seen.x), far = min(z, 60.0);
    vec2 at = vec2(far + 40.0 * seed, seen.y / lens * far + EYE);
    float roof = 10.5 + 5.0 * hash2(vec2(mod(floor(at.x / 5.2), LATTICE), 3.0 + 7.0 * side)) + 3.0 * side;
    float soft = pixel * far / lens * (road ? 5.0 : 1.2) * (0.6 + 0.4 * far / WALL);
    vec3 light = mix(air * 1.5, mix(vec3(0.006, 0.008, 0.016), vec3(0.085, 0.19, 0.46), dusk), smoothstep(0.0, 0.5, seen.y));
    light += vec3(1.7, 0.52, 0.16) * evening * exp(-5.5 * max(seen.y, 0.0));  // the last of the sunset, down the street
    light += air * 0.7 * fbm(seen * vec2(2.0, 4.0), vec2(TIME * 0.04, 0.0), 3.0);
    vec3 wall = front(vec2(at.x, max(at.y, 0.0)), side, soft, air);
    if (at.y < 0.14) wall = vec3(0.02) + 0.3 * wall;
    float house = smoothstep(soft, -soft, at.y - roof);
    light = mix(light, mix(air * 1.3, wall, exp(-far * mix(0.012, 0.075, fog))), house);
    light += lights_of(seen, lens, road ? pixel * 2.5 : pixel) * (1.0 + 0.12 * bass);

    if (road) {
        float angle = clamp(-q.y / length(vec3(q, lens)), 0.0, 1.0);
        float mirror = mix(0.14, 1.0, pow(1.0 - angle, 3.0)) * mix(0.6, 1.25, puddle);
        float line = smoothstep(0.07 + footprint, 0.05, abs(ground.x))
            * smoothstep(0.2, 0.3, abs(fract(ground.y / 3.0) - 0.5));
        line *= exp(-0.05 * ground.y);
        vec3 tar = vec3(0.028, 0.029, 0.033) * (0.8 + 1.1 * grain) * mix(1.0, 0.4, puddle) + vec3(0.07) * line;
        vec3 glints = lamp_colour() * smoothstep(0.25, 0.6, grain + 0.5 * ripple) * 0.03 * (1.0 - puddle);
        light = tar * (air * 4.0 + lamp_colour() * 0.45) + light * mirror + glints;
        float kerb = smoothstep(0.0, 0.08, WALL - 0.55 - abs(ground.x));
        light *= mix(0.75, 1.0, kerb);
        // drops that fall on the road open rings
        vec2 cell = ground * vec2(3.2, 2.4);
        float h = hash2(mod(floor(cell), LATTICE)), age = fract(TIME * (1.1 + 0.5 * h) + 9.0 * h);
        vec2 d = fract(cell) - 0.5 - 0.4 * (vec2(fract(h * 17.0), fract(h * 31.0)) - 0.5);
        float ring = exp(-pow((length(d) - 0.35 * age) * 30.0, 2.0)) * (1.0 - age) * (1.0 - age);
        ring *= step(fract(h * 7.0), rain + 0.3 * treble) * smoothstep(0.10, 0.03, footprint);
        light += (air * 1.6 + lamp_colour() * 0.05) * ring;
    }

    // somebody walks there, black against the light, and in the road under the feet
    float distance_of = 6.2, scale = lens / distance_of, step_aside = 0.55 * sine(6.28 * seed + 0.05 * TIME) - 0.2;
    vec2 feet = vec2(step_aside * scale, -EYE * scale), d = (q - feet) / scale;
    d.y -= 0.02 * abs(sine(TIME * 2.4));
    if (abs(d.x) < 0.9 && d.y < 2.4 && d.y > -2.4) {
        float body = walker(d, pixel / scale);
        float below = walker(vec2(d.x + 0.10 * ripple, -d.y + 0.25 * ripple), 0.06) * step(d.y, 0.0);
        light = mix(light, light * 0.25, below * 0.75);
        light = mix(light, vec3(0.006, 0.006, 0.008) + air * 0.25, body);
        light += lamp_colour() * 0.35 * max(body - walker(d + vec2(0.0, 0.035), 0.02), 0.0) * smoothstep(0.9, 1.6, d.y);
    }

    // rain, near and far, bright where it passes before a light
    vec3 lit_rain = air * 1.6 + light * 0.45 + lamp_colour() * 0.03;
    for (int i = 1; i <= 3; i++) {
        float k = float(i), wide = 16.0 + 17.0 * k, slant = 0.07 + 0.05 * sine(6.28 * seed);
        vec2 grid = vec2((p.x + p.y * slant) * wide, p.y * (1.5 + 0.9 * k));
        float column = mod(floor(grid.x), LATTICE), h = hash2(vec2(column, 7.0 * k));
        grid.y += mod(TIME * (4.4 - 0.5 * k) * (0.85 + 0.3 * h), LATTICE) + 9.0 * h;
        float drop = hash2(mod(vec2(column, floor(grid.y)), LATTICE) + 31.0 * k), f = fract(grid.y);
        float width = max(0.05, 0.8 * pixel * wide), across = fract(grid.x) - 0.3 - 0.4 * fract(drop * 9.0);
        float streak = exp(-across * across / (width * width)) * smoothstep(0.0, 0.1, f) * smoothstep(0.45, 0.1, f);
        light += lit_rain * streak * step(fract(drop * 5.0), 0.10 + 0.70 * rain + 0.2 * treble)
            * mix(0.75, 0.4, k / 3.0) * (0.3 + 0.7 * rain);
    }
    light = mix(light, dot(light, vec3(0.3, 0.5, 0.2)) * vec3(0.92, 1.0, 1.06), 0.8 * murk);
    light *= 1.0 - 0.45 * dot(p, p) / dot(extent, extent);
    gl_FragColor = vec4(curve(light * 1.5) + dither(), 1.0);
}
