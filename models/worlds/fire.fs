/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A wood fire at night, from a camp fire under stars to a burning line that fills the picture.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "spread", "LABEL": "Spread", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "height", "LABEL": "Height of the flames", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "tint", "LABEL": "Crimson to gold", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "smoke", "LABEL": "Smoke", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.35},
    {"NAME": "dusk", "LABEL": "Light in the sky", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "wind", "LABEL": "Wind", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "sparks", "LABEL": "Sparks", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
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

// ---- noise: products of fractions only, the same on every machine ----

// A sine within 0.00002, for a third of its price where the processor draws.
float sine(float x) {
    float y = 2.0 * fract(x / 6.2831853) - 1.0, u = abs(y) * (1.0 - abs(y));
    return y * (abs(y) - 1.0) * (3.14235 + u * (3.12498 + 1.22205 * u));
}
float cosine(float x) { return sine(x + 1.5707963); }

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

// Four octaves; `drift` is how far the pattern has moved, wrapped in every octave by itself.
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

// ---- finish ----

vec3 curve(vec3 light) {
    vec3 t = sqrt(sqrt(1.0 - exp(-max(light, 0.0))));
    vec3 c = t * (t * (t * (t * 0.1414 - 0.4158) + 1.2414) + 0.0335);  // the display's gamma: t to the power of 1.818
    return mix(c, c * c * (3.0 - 2.0 * c), 0.35);
}

float dither() { return (hash2(floor(isf_FragNormCoord * RENDERSIZE) + floor(fract(TIME) * 97.0)) - 0.5) / 255.0; }

// ---- the scene ----

// What burns at `heat` 0..1 sends out: red first, then orange, yellow, nearly white.
vec3 glow(float heat) {
    vec3 cold = mix(vec3(1.9, 0.07, 0.02), vec3(2.4, 0.58, 0.07), tint);
    vec3 hot = mix(vec3(2.3, 0.42, 0.06), vec3(2.6, 1.32, 0.34), tint);
    return heat * heat * mix(cold, hot, smoothstep(0.25, 1.0, heat)) + 0.6 * hot * pow(heat, 6.0);
}

// One sheet of flame over the foot, `q` in units of its height; `whole` is how much burns here, 1 in the middle; 0..1.
// Where there is none `octaves` are 0.
float sheet(vec2 q, float whole, float layer, float octaves) {
    float rise = TIME * (0.9 + 0.12 * layer) + 40.0 * layer;
    float lean = (wind - 0.3) * 0.6 * q.y * q.y;
    vec2 s = vec2(q.x - lean, q.y);
    vec2 curl = vec2(noise2(s * vec2(2.4, 1.7) + vec2(9.0 * layer + 23.0 * seed, -mod(rise * 1.1, LATTICE))),
                     noise2(s * vec2(4.6, 3.1) + vec2(31.0 + layer, -mod(rise * 1.9, LATTICE))));
    s.x += dot(curl, vec2(0.34, 0.17)) * smoothstep(0.0, 0.6, q.y) * (0.7 + 0.6 * energy + 0.15 * mid);
    s.y += curl.y * 0.16;
    vec2 r = s * vec2(4.6, 1.5) + vec2(17.0 * layer + 41.0 * seed, 0.0);
    float body = fbm(r, vec2(0.0, rise * 1.8), octaves);
    float threads = ridged(r * vec2(1.3, 0.9) + vec2(1.6 * body, 0.0), vec2(0.0, rise * 2.0), min(octaves, 3.0));
    float fade = max(q.y, 0.0);
    float heat = 1.15 * whole - 1.1 * fade + body * (0.7 + 1.1 * fade) + 0.3 * (threads - 0.4);
    heat = smoothstep(0.0, 1.0, heat) * smoothstep(-0.05, 0.12, q.y + 0.12 * body);
    return heat * (0.3 + 0.7 * smoothstep(-0.4, 0.8, threads - 0.5 * body));
}

// Logs lie across each other in heaps along `q.x`. rgb: the light they send; a: how much of the pixel they cover.
vec4 logs(vec2 q, float half_width, float row, float pixel) {
    const float APART = 0.56;
    vec4 sum = vec4(0.0);
    float heap = floor(q.x / APART + 0.5);
    if (abs(heap * APART) > half_width && heap != 0.0) return sum;
    q.x -= heap * APART;
    vec4 upper = vec4(0.0), lower = vec4(0.0);  // the two that are seen: cover, number, and place along and across
    vec2 length_of = vec2(1.0);
    for (int i = 0; i < 5; i++) {
        float k = float(i), h = hash2(vec2(k + 7.0 * row, heap + 90.0 + floor(seed * 8.0)));
        float angle = (mod(k, 2.0) - 0.5) * (0.25 + 0.7 * h) + 0.15 * row;
        vec2 along = vec2(cosine(angle), sine(angle)), d = q - vec2((h - 0.5) * 0.12, -0.012 + 0.013 * k);
        float tall = 0.11 + 0.11 * fract(h * 5.0), radius = 0.016 + 0.011 * fract(h * 7.0);
        float u = clamp(dot(d, along), -tall, tall), side = dot(d, vec2(-along.y, along.x));
        float cover = smoothstep(pixel, -pixel, length(d - along * u) - radius * (1.0 + 0.2 * sine(u * 40.0 + 9.0 * h)));
        if (cover > 0.0) {
            lower = upper;
            upper = vec4(cover, k, u, clamp(side / radius, -1.0, 1.0));
            length_of = vec2(tall, length_of.x);
        }
    }
    float left = 1.0;
    for (int i = 0; i < MANY; i++) {  // nearly always only the upper one is seen
        float k = upper.y, u = upper.z, bulge = upper.w;
        float bark = ridged(vec2(u * 22.0 + 13.0 * k, bulge * 2.2 + k), vec2(0.0), 3.0);
        float breath = 0.7 + noise2(vec2(u * 8.0 + 5.0 * k, bulge - mod(TIME * 0.5, LATTICE))) + 0.2 * bass;
        float ember = smoothstep(0.45, 1.0, bark) * breath * smoothstep(1.0, 0.2, abs(u) / length_of.x);
        vec3 light = glow(ember) + vec3(0.16, 0.05, 0.015) * (0.03 + smoothstep(0.2, 1.0, bulge + 0.5 * bark));
        sum += left * upper.x * vec4(light, 1.0);
        left *= 1.0 - upper.x;
        upper = lower;
        length_of.x = length_of.y;
        if (left <= 0.0 || upper.x <= 0.0 || i > 0) break;
    }
    return sum;
}

// One spark in each cell of a rising grid, near ones large and quick.
float spark(vec2 q, float scale, float speed, float pixel, float layer) {
    float climb = TIME * speed;
    vec2 grid = vec2(q.x + 0.05 * sine(q.y * 7.0 + TIME * 1.3 + layer) - (wind - 0.3) * q.y * 0.7, q.y) * scale;
    grid.y -= mod(climb * scale, LATTICE);
    vec2 cell = mod(floor(grid), LATTICE), f = fract(grid) - 0.5;
    float h = hash2(cell + 13.0 * layer);
    f -= (vec2(fract(h * 17.0), fract(h * 31.0)) - 0.5) * 0.6;
    f.x += 0.12 * sine(TIME * (2.0 + 3.0 * h) + 20.0 * h);
    float size = max(0.022 + 0.03 * h * h, 1.2 * pixel * scale);
    float lit = step(fract(h * 53.0), 0.05 + 0.35 * sparks + 0.35 * treble);
    return lit * exp(-dot(f, f * vec2(1.0, 0.3)) / (size * size)) * (0.5 + 0.5 * sine(TIME * 9.0 * (0.5 + h) + 40.0 * h));
}

void main() {
    float short_side = min(RENDERSIZE.x, RENDERSIZE.y), pixel = 1.0 / short_side;
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE * pixel;
    vec2 extent = 0.5 * RENDERSIZE * pixel;
    float foot = -0.62 * extent.y, horizon = foot + 0.09;
    vec2 q = p - vec2(0.0, foot);
    float half_width = mix(0.15, 1.2 * extent.x + 0.3, spread * spread);
    float flame_height = mix(0.26, 0.95, height) * (0.75 + 0.25 * extent.y / 0.5) * (1.0 + 0.06 * bass + 0.04 * pulse);
    float whole = 1.0 - pow(min(abs(q.x) / half_width, 1.4), 2.6);

    // far: the sky, stars, a wood against it
    float up = clamp((p.y - horizon) / (extent.y - horizon), 0.0, 1.0);
    vec3 night = mix(vec3(0.003, 0.004, 0.008), vec3(0.012, 0.035, 0.12), dusk);
    vec3 low_sky = mix(vec3(0.014, 0.009, 0.008), mix(vec3(0.05, 0.10, 0.20), vec3(0.42, 0.20, 0.11), dusk), dusk);
    vec3 light = mix(low_sky, night, pow(up, 0.45));
    vec2 star = p * 34.0, cell = floor(star);
    float h = hash2(cell + floor(seed * 50.0));
    vec2 away = fract(star) - 0.5 - 0.3 * (vec2(fract(h * 19.0), fract(h * 37.0)) * 2.0 - 1.0);
    float twinkle = 0.6 + 0.4 * sine(TIME * (1.0 + 2.0 * h) + 30.0 * h) + treble;
    light += step(0.8, h) * smoothstep(0.05 + 40.0 * pixel, 0.0, length(away)) * up * twinkle * 0.25 * (1.0 - smoke);
    float near_trees = abs(p.y - horizon - 0.05) < 0.06 ? 4.0 : 0.0;
    float trees = horizon + 0.05 + 0.05 * fbm(vec2(p.x * 3.0 + 60.0 * seed, 4.0), vec2(0.0), near_trees)
        + 0.035 * abs(noise2(vec2(p.x * 31.0 + 60.0 * seed, 9.0)));
    light = mix(light, vec3(0.006, 0.007, 0.009) + 0.05 * low_sky, smoothstep(pixel, -pixel, p.y - trees));

    // smoke goes up behind the flames, lit from below
    vec2 puff = vec2(q.x * 3.4 - (wind - 0.3) * q.y * q.y * 3.4, q.y * 2.2) + 11.0 * seed;
    float billow = fbm(puff + 0.5 * noise2(puff * 1.3 - vec2(0.0, mod(TIME * 0.3, LATTICE))), vec2(0.0, TIME * 0.5),
        q.y > 0.0 ? 4.0 : 0.0);
    float column = exp(-1.5 * q.x * q.x / pow(half_width + 0.12 + q.y * 0.5, 2.0));
    float thick = smoothstep(0.75, 0.0, 0.35 + (1.0 - column) - smoke - 0.9 * billow) * smoothstep(0.0, 0.3, q.y);
    vec3 lit_smoke = glow(0.62) * (0.1 + 0.5 * max(billow + 0.1, 0.0)) * exp(-1.5 * q.y / flame_height);
    lit_smoke += (vec3(0.012, 0.011, 0.012) + 0.25 * low_sky * dusk) * (1.0 + 1.5 * billow);
    light = mix(light, lit_smoke, thick * smoothstep(0.0, 0.3, smoke));

    // near: the ground, lit by the fire
    float flicker = 1.0 + 0.12 * noise2(vec2(TIME * 1.7, 3.0)) + 0.08 * bass;
    if (p.y < horizon) {
        float depth = 0.1 / (horizon - p.y + 0.012);
        float grain = fbm(vec2(p.x * 26.0 * depth, depth * 26.0) + 5.0 * seed, vec2(0.0), p.y < horizon ? 4.0 : 0.0)
            * smoothstep(4.0, 0.8, depth);
        vec2 reach = vec2(max(abs(q.x) - half_width * 0.7, 0.0), q.y * 2.6);
        float pool = flicker / (1.0 + 30.0 * dot(reach, reach));
        float coals = smoothstep(0.05, 0.45, noise2(q * vec2(38.0, 70.0)));
        coals *= smoothstep(0.05, 0.0, length(reach * vec2(1.0, 0.5)));
        vec3 soil = vec3(0.20, 0.13, 0.10) * (0.45 + 1.5 * max(grain + 0.15, 0.0));
        vec3 ground = soil * (glow(0.7) * 0.9 * pool + low_sky * 0.4) + glow(0.8 * coals);
        light = mix(light, ground, smoothstep(-pixel, pixel, horizon - p.y));
    }

    // the fire: a tall sheet behind the logs, a low one before them
    vec2 u = q / flame_height;
    float back = sheet(u, whole, 1.0, 4.0), front = 0.0;
    light = light * (1.0 - 0.7 * smoothstep(0.1, 0.7, back)) + glow(back);
    if (abs(q.y) < 0.2) {
        vec4 wood = logs(q - vec2(mix(0.03, 0.28, smoothstep(0.2, 0.55, half_width)), 0.035), half_width, 1.0, pixel);
        light = light * (1.0 - wood.a) + wood.rgb;
        wood = logs(q - vec2(0.0, 0.01), half_width, 0.0, pixel);
        light = light * (1.0 - wood.a) + wood.rgb;
        float patches = smoothstep(-0.2, 0.4, noise2(vec2(q.x * 5.0 + 30.0 * seed, mod(TIME * 0.3, LATTICE))));
        front = sheet(vec2(u.x * 1.5, q.y * 4.5 + 0.05), whole * patches, 2.0, abs(q.y) < 0.2 ? 4.0 : 0.0);
    }
    light += glow(front) * 0.8;

    // air: bloom around the fire, sparks
    vec2 heart = vec2(max(abs(q.x) - 0.75 * half_width, 0.0), q.y - 0.35 * flame_height);
    light += glow(0.6) * 0.09 * flicker * exp(-2.6 * length(heart));
    float rising = spark(q, 7.0, 0.22, pixel, 1.0) + spark(q, 12.0, 0.17, pixel, 2.0) + 0.6 * spark(q, 21.0, 0.12, pixel, 3.0);
    float lives = smoothstep(-0.02, 0.1, q.y) * exp(-1.1 * max(q.y - 0.3 * flame_height, 0.0))
        * smoothstep(half_width + 0.15 + 0.45 * q.y, 0.5 * half_width, abs(q.x - (wind - 0.3) * 0.5 * q.y * q.y));
    light += glow(0.9) * rising * lives * (0.8 + pulse);

    light *= 1.0 - 0.35 * dot(p, p) / dot(extent, extent);
    gl_FragColor = vec4(curve(light) + dither(), 1.0);
}
