/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A stream of lava from a volcano: black crust in ropes, torn plates that drift, and the glow between them.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "flow", "LABEL": "From cooled crust to a wide stream", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.45},
    {"NAME": "heat", "LABEL": "Crimson to gold", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "plates", "LABEL": "Size of the plates", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "eruption", "LABEL": "Eruption", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "ash", "LABEL": "Ash in the air", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "dusk", "LABEL": "Light in the sky", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.45},
    {"NAME": "height", "LABEL": "Height of the eye", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
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

// What is hot sends out red first, then orange, then yellow.
vec3 glow(float t) {
    vec3 dull = mix(vec3(1.5, 0.03, 0.02), vec3(2.0, 0.19, 0.025), heat);
    vec3 bright = mix(vec3(2.2, 0.28, 0.04), vec3(2.6, 0.95, 0.14), heat);
    return t * t * mix(dull, bright, smoothstep(0.4, 1.1, t)) + 0.35 * bright * pow(max(t, 0.0), 6.0);
}

// Plates are groups of cells of a jittered grid, so that they are of every size and shape: how far the next plate is (x), and a
// number of the nearest cell (y).
vec2 plate(vec2 p) {
    vec2 base = floor(p), f = p - base;
    vec4 near = vec4(4.0);  // to each of four groups
    float nearest = 9.0, key = 0.0;
    for (int y = -1; y <= 1; y++) {
        for (int x = -1; x <= 1; x++) {
            vec2 o = vec2(float(x), float(y));
            float h = hash2(mod(base + o, LATTICE)), group = floor(4.0 * fract(h * 17.3));
            vec2 d = o + vec2(h, fract(h * 61.7)) - f;
            float r = dot(d, d);
            near = min(near, r + 9.0 * step(0.5, abs(group - vec4(0.0, 1.0, 2.0, 3.0))));
            if (r < nearest) { nearest = r; key = h; }
        }
    }
    vec2 low = min(near.xz, near.yw), high = max(near.xz, near.yw);
    float second = min(max(low.x, low.y), min(high.x, high.y));
    return vec2(sqrt(second) - sqrt(nearest), key);
}

// The cone, its crater at `top`; height of its flank over the plain at x.
float flank(float x, vec2 top, float foot, float octaves) {
    float away = abs(x - top.x);
    float rough = 0.030 * fbm(vec2(x * 9.0 + 9.0 * seed, 2.0), vec2(0.0), octaves);
    float slide = (top.y - foot) * exp(-(x > top.x ? 3.0 : 3.9) * max(away - 0.035, 0.0)) + rough;
    return foot + slide - 0.012 * smoothstep(0.035, 0.0, away);
}

// Under ash the day is a grey one, and the night no less.
vec3 ash_grey() { return mix(vec3(0.022, 0.021, 0.022), vec3(0.20, 0.195, 0.19), dusk); }

vec3 sky(vec2 p, vec2 top, float foot, float tall, float octaves) {
    float up = clamp((p.y - foot) / (tall - foot), 0.0, 1.0);
    vec3 low = mix(vec3(0.03, 0.012, 0.012), vec3(1.05, 0.50, 0.26), dusk * dusk);
    vec3 high = mix(vec3(0.004, 0.004, 0.008), vec3(0.13, 0.28, 0.62), dusk * dusk);
    low = mix(low, ash_grey() * 1.3, ash * ash);
    high = mix(high, ash_grey() * 0.6, ash * ash);
    vec3 light = mix(low, high, pow(up, 0.5));
    // ash: a column that leans and spreads, lit from the crater
    vec2 q = p - top;
    float lean = q.x - 0.35 * q.y * q.y - 0.12 * q.y;
    float width = 0.05 + (0.5 + 0.9 * ash) * pow(max(q.y, 0.0), 1.1);
    vec2 s = vec2(lean * 7.0, q.y * 6.0) + 13.0 * seed;
    float puff = fbm(s + 0.8 * noise2(s * 0.7 - vec2(0.0, mod(TIME * 0.12, LATTICE))), vec2(0.0, TIME * 0.22),
        q.y > -0.01 ? octaves : 0.0);
    float thick = smoothstep(1.15, 0.3, abs(lean) / width - 1.3 * puff) * smoothstep(-0.01, 0.03, q.y);
    thick *= smoothstep(0.02, 0.25, ash + 0.3 * eruption);
    float side = smoothstep(-0.3, 0.45, puff + 0.25 * q.x / max(width, 0.05));
    vec3 smoke = mix(vec3(0.008), low * 0.55 + high * 0.5, side);
    smoke += glow(0.7) * (0.1 + 0.5 * max(puff + 0.1, 0.0)) * exp(-4.0 * max(q.y, 0.0)) * (0.3 + 1.2 * eruption);
    light = mix(light, smoke, 0.95 * thick);
    float veil = fbm(vec2(p.x * 1.6, p.y * 4.0) + 5.0 * seed, vec2(TIME * 0.03, 0.0), min(octaves, 3.0));
    light = mix(light, low * 0.35 + vec3(0.006), ash * smoothstep(-0.2, 0.5, veil) * 0.75);
    return light + glow(0.55) * (0.25 + 0.5 * eruption + 0.2 * bass) * exp(-9.0 * length(q * vec2(1.0, 0.8)));
}

// Glowing lumps thrown out of the crater on their parabolas, as a grid in angle and age.
float fountain(vec2 q, float pixel) {
    float sum = 0.0;
    bool elsewhere = eruption < 0.05 || abs(q.x) > 0.32 || abs(q.y) > 0.20;
    for (int i = 0; i < MANY; i++) {
        float k = float(i), h = hash1(k + 3.0), rate = 0.28 + 0.2 * h;
        float turn = TIME * rate + 7.0 * h, age = fract(turn), spin = hash2(vec2(mod(floor(turn), LATTICE), k));
        float aim = (spin - 0.5) * 0.75;
        float power = (0.55 + 0.45 * fract(spin * 9.0)) * (0.55 + 0.6 * eruption + 0.15 * pulse);
        vec2 d = q - power * vec2(aim * age, age * 0.95 - 1.15 * age * age) * 0.55;
        vec2 way = normalize(vec2(aim, 0.95 - 2.3 * age));
        float along = dot(d, way), across = dot(d, vec2(-way.y, way.x)), size = max(0.0035, 1.2 * pixel);
        sum += (1.0 - age) * exp(-(across * across + along * along * 0.12) / (size * size));
        if (elsewhere || i > 12) break;
    }
    return elsewhere ? 0.0 : sum;
}

// Lava at `ground`, `depth` away. `pixel` is its height on the ground at depth 1.
vec3 field(vec2 ground, float depth, float pixel, vec3 air) {
    float scale = mix(4.6, 2.0, plates), footprint = pixel * depth * depth * scale;
    float sharp = clamp(-log2(footprint * 2.0), 0.0, 5.0);
    vec2 q = ground * scale + vec2(29.0 * seed, 17.0 * seed), drift = vec2(0.0, TIME * 0.11);
    vec2 sway = vec2(noise2(q * 0.45 - mod(drift, LATTICE)), noise2(q * 0.45 + 19.0 + mod(drift, LATTICE)));
    float torn = fbm(q * 1.9, vec2(0.0), min(sharp + 0.3, 3.0));
    vec2 bent = q + (0.75 + 0.3 * energy) * sway + torn * vec2(0.42, -0.34);
    vec2 found = plate(bent + mod(drift, LATTICE));

    // A stream winds from the volcano to the beholder, quick in the middle; rafts of skin drift on it.
    float course = 0.50 * sine(depth * 0.8 + 6.28 * seed) + 0.16 * sine(depth * 1.9 + 20.0 * seed) + 0.24 * sway.x + 0.10 * torn;
    float bank = abs(ground.x - course) - mix(0.03, 0.80, flow * flow) * (0.8 + 0.2 * sine(depth * 1.3 + 9.0 * seed)
        + 0.08 * bass);
    float stream = smoothstep(0.06, -0.10, bank);
    vec2 run = vec2(q.x - course * scale, q.y * 0.42) * 1.15;
    float skin = ridged(run + 0.5 * sway, vec2(0.0, -TIME * 0.32), min(sharp + 0.3, 4.0));
    float raft = smoothstep(0.02, 0.20, noise2(run * 1.3 + vec2(5.0, mod(TIME * 0.40, LATTICE))) + 0.40 * torn - 0.06);

    // Cracks between plates: some are arteries, wide and bright, others went cold long ago. Hairlines part young crust.
    float artery = smoothstep(-0.30, 0.45, sway.y + 0.35 * noise2(q * 0.2 + vec2(7.0, mod(TIME * 0.04, LATTICE)))
        + 0.30 * exp(-3.0 * max(bank, 0.0)) + 0.3 * (flow - 0.5));
    float width = mix(0.012, 0.16, flow) * artery * (1.0 + 0.15 * bass), beyond = found.x - width + 0.10 * torn * artery;
    float open = smoothstep(0.045 + 2.0 * footprint, -0.05 - footprint, beyond) * artery;
    float hair = smoothstep(0.055, 0.0, abs(torn + 0.3 * sway.x)) * artery * artery * smoothstep(0.5, 0.1, footprint * 4.0);
    float melt = open * (0.42 + 0.32 * artery + 0.25 * max(skin, 0.0) + 0.10 * pulse)
        + 0.34 * artery * exp(-8.0 * max(beyond, 0.0));
    melt = max(melt, (0.40 + 0.25 * mid) * hair);
    float molten = (0.50 + 0.55 * skin + 0.08 * pulse) * (1.0 - 0.75 * raft) + 0.12 * smoothstep(-0.12, 0.0, bank);
    melt = mix(melt + 0.40 * exp(-7.0 * max(bank, 0.0)), molten, stream);
    melt = mix(melt, 0.20 + 0.30 * flow + 0.2 * sway.y + 0.35 * stream, smoothstep(0.2, 1.1, footprint));  // too fine to be drawn

    // The skin has cooled in ropes, which the flow has pushed into bows; its glaze shines grey where it faces the sky.
    float turned = 6.28 * found.y, fold = dot(bent, vec2(0.45 * sine(turned), 1.0)) * 15.0 + 9.0 * torn + 5.0 * sway.x;
    float rope = sqrt(max(abs(sine(fold)), 0.0)) * smoothstep(0.9, 0.2, footprint * 5.0) * smoothstep(-0.25, 0.25, sway.x + torn);
    float grain = noise2(q * 11.0) * smoothstep(0.8, 0.1, footprint * 6.0);
    float relief = 0.12 + 0.70 * rope + 0.9 * max(torn + 0.12, 0.0) + 0.30 * grain + 0.3 * (fract(found.y * 7.0) - 0.5);
    relief = max(relief, 0.0) * smoothstep(0.0, 0.10, beyond + 0.03);
    vec3 crust = (vec3(0.022, 0.019, 0.021) + 0.34 * air) * relief * relief;
    crust = mix(crust, ash_grey() * (0.15 + 1.0 * relief), 0.85 * ash * ash);
    crust += glow(0.42) * relief * (0.10 + 0.55 * exp(-2.6 * max(bank, 0.0))) * (0.3 + 0.7 * flow);
    float hot = clamp(1.6 * melt, 0.0, 1.0), shows = (1.0 - 0.5 * ash * ash) * mix(0.35, 1.0, smoothstep(0.0, 0.35, flow));
    return crust * (1.0 - hot) * (1.0 - 0.5 * stream) + glow(melt) * shows;
}

void main() {
    float pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE * pixel, extent = 0.5 * RENDERSIZE * pixel;
    p.y += 0.004 * bass * sine(TIME * 5.0);
    float horizon = mix(0.02, 0.24, height) * extent.y / 0.5;
    vec2 top = vec2(0.22 * extent.x + 0.16 * sine(seed * 6.28), horizon + 0.21 * (0.6 + 0.8 * extent.y));
    vec3 air = mix(vec3(0.05, 0.018, 0.015), vec3(0.36, 0.16, 0.11), dusk * dusk) + 0.05 * glow(0.6) * (0.4 + eruption);
    air = mix(air, ash_grey() * 1.2, ash * ash);
    p.x += 0.0018 * exp(-18.0 * abs(p.y - horizon)) * sine(p.y * 120.0 + 6.0 * TIME) * (0.4 + flow);  // hot air
    vec3 light;
    float octaves = p.y > horizon - 0.002 ? 5.0 : 0.0;  // a renderer in software goes through what is not seen as well
    if (p.y > horizon - 0.002) {
        light = sky(p, top, horizon, extent.y, octaves);
        float down = top.y - p.y, on_hill = down > -0.03 ? min(octaves, 4.0) : 0.0, hill = flank(p.x, top, horizon, on_hill);
        float rock = fbm(vec2(p.x * 12.0, p.y * 9.0) + 8.0 * seed, vec2(0.0), on_hill);
        float gully = p.x - top.x + 0.035 * sine(down * 17.0 + 6.0 * seed) * (down * 8.0) + 0.02 * rock;
        float gully2 = p.x - top.x - down * 0.42 + 0.02 * sine(down * 31.0);
        gully /= 0.004 + 0.035 * down;
        gully2 /= 0.003 + 0.02 * down;
        float stream = exp(-gully * gully) + 0.7 * exp(-gully2 * gully2) * smoothstep(0.03, 0.06, down);
        float lumps = noise2(vec2(p.x * 40.0, p.y * 22.0 + mod(TIME * 0.6, LATTICE)));
        stream *= (0.55 + 0.4 * flow + 0.6 * lumps) * (0.35 + 0.65 * eruption);
        vec3 slope_light = mix(vec3(0.012, 0.009, 0.01), air * 0.35, smoothstep(0.0, 0.4, down)) * (1.0 + 1.2 * rock);
        slope_light += glow(clamp(stream, 0.0, 1.1));
        light = mix(light, slope_light, smoothstep(pixel, -pixel, p.y - hill));
        if (eruption > 0.05) light += glow(0.95) * fountain(p - top, pixel) * smoothstep(0.05, 0.4, eruption);
    } else {
        light = vec3(0.0);
    }
    if (p.y < horizon) {
        float depth = 0.34 / (max(horizon - p.y, 0.0) + 0.02);
        vec3 plain = field(vec2(p.x * depth, depth), depth, pixel / 0.34, air);
        float haze = 1.0 - exp(-0.11 * max(depth - 0.8, 0.0) * (0.5 + ash));
        vec3 distance_glow = air * 0.5 + glow(0.2 + 0.45 * flow) * 0.4 * (1.0 - 0.7 * ash * ash);
        light = mix(light, mix(plain, distance_glow, haze), smoothstep(-pixel, pixel, horizon - p.y));
    }
    // heat over the plain, motes of ash that glow
    light += glow(0.5) * (0.05 + 0.13 * flow) * exp(-9.0 * abs(p.y - horizon)) * (1.0 + 0.5 * bass);
    for (int i = 1; i <= 2; i++) {
        float k = float(i), scale = 6.0 + 7.0 * k;
        vec2 grid = vec2(p.x + 0.05 * sine(p.y * 5.0 + TIME * 0.6 * k), p.y) * scale
            - vec2(0.0, mod(TIME * (1.5 + 0.2 * k), LATTICE));
        float h = hash2(mod(floor(grid), LATTICE) + 40.0 * k), size = max(0.016 + 0.02 * h * h, 1.2 * pixel * scale);
        vec2 d = fract(grid) - 0.5 - 0.6 * (vec2(fract(h * 17.0), fract(h * 31.0)) - 0.5);
        float lit = step(fract(h * 53.0), 0.02 + 0.07 * eruption + 0.3 * treble);
        lit *= 0.6 + 0.4 * sine(TIME * 6.0 * h + 30.0 * h);
        light += glow(0.85) * lit * exp(-dot(d, d) / (size * size)) * 0.7;
    }
    light *= 1.0 - 0.4 * dot(p, p) / dot(extent, extent);
    // ash falls: it takes the colour, and drives over the picture in streaks, near and far
    float gloom = smoothstep(0.35, 1.0, ash);
    float cool = gloom * (1.0 - smoothstep(0.03, 0.25, light.r - light.b));  // what glows keeps its colour
    light = mix(light, vec3(dot(light, vec3(0.30, 0.55, 0.15))), 0.8 * cool) * (1.0 - 0.50 * gloom);
    vec2 fall = isf_FragNormCoord * RENDERSIZE * min(0.45, 260.0 * pixel);
    fall = vec2(fall.x + 0.40 * fall.y, fall.y * 0.26 + mod(TIME * 3.0, LATTICE));
    float streaks = 0.6 * smoothstep(0.07, 0.64, noise2(fall)) + smoothstep(0.0, 0.57, noise2(0.6 * fall + 40.0));
    vec3 seen = curve(light);
    seen += (streaks - 0.30) * 0.24 * gloom * gloom * (0.30 + seen.g);
    gl_FragColor = vec4(seen + dither(), 1.0);
}
