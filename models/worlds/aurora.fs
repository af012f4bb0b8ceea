/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Northern lights over a still lake, mountains and firs: curtains that fold, stars, all mirrored.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "strength", "LABEL": "Strength of the lights", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.65},
    {"NAME": "palette", "LABEL": "Colours (green, violet, red)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "folds", "LABEL": "Folds", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "rays", "LABEL": "Rays", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "dusk", "LABEL": "Glow of dusk", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "clouds", "LABEL": "Clouds", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.2},
    {"NAME": "height", "LABEL": "Height of the mountains", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "snow_line", "LABEL": "Snow", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "wind", "LABEL": "Wind on the water", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "seed", "LABEL": "Place", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "pulse", "LABEL": "Onset", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "bass", "LABEL": "Bass", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "mid", "LABEL": "Mid", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "treble", "LABEL": "Treble", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "energy", "LABEL": "Energy", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5}
  ]
}*/

// A sine within 0.00002, for a third of its price where the processor draws.
float sine(float x) {
    float y = 2.0 * fract(x / 6.2831853) - 1.0, u = abs(y) * (1.0 - abs(y));
    return y * (abs(y) - 1.0) * (3.14235 + u * (3.12498 + 1.22205 * u));
}
float cosine(float x) { return sine(x + 1.5707963); }

// ---- what all worlds share: hashes, noise, tone ----
float hash1(float n) { n = fract(n * 0.1031); n *= n + 33.33; return fract(n * (n + n)); }
float hash2(vec2 p) {
    vec3 q = fract(p.xyx * 0.1031);
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}
float value2(vec2 p) {  // 0..1
    vec2 i = floor(p), f = p - i;
    f *= f * f * (f * (f * 6.0 - 15.0) + 10.0);
    vec4 h = fract(vec4(i, i + 1.0) * 0.1031);  // two hashes an axis, mixed into one for each corner
    h *= h + 33.33;
    h = fract(h * (h + h));
    vec4 corner = fract((h.xzxz + 0.37) * (h.yyww + 0.59) * 397.3);
    vec2 side = mix(corner.xz, corner.yw, f.x);
    return mix(side.x, side.y, f.y);
}
const int MANY = 40;  // turns of a loop that ends by `break`: drivers in software unroll fewer, and then run them all
const mat2 OCTAVE = mat2(1.6, 1.2, -1.2, 1.6);  // twice as fine, turned by 37 degrees
// 0..1. `octaves` may be broken: the last one fades.
float fbm(vec2 p, float octaves) {
    float sum = 0.0, weight = 0.5, total = 0.001;
    for (int i = 0; i < MANY; i++) {
        float part = weight * clamp(octaves, 0.0, 1.0);
        sum += part * value2(p);
        total += part;
        weight *= 0.5;
        p = OCTAVE * p + vec2(3.1, 1.7);
        octaves -= 1.0;
        if (octaves <= 0.0) break;  // last: a renderer in software runs through what follows a `break`
    }
    return sum / total;
}
vec3 curve(vec3 c) {  // filmic, then the display's gamma
    c = c * (2.51 * c + 0.03) / (c * (2.43 * c + 0.59) + 0.14);
    return sqrt(clamp(c, 0.0, 1.0));
}
float dither(vec2 place) { return (hash2(place + fract(TIME) * 61.7) - 0.5) / 255.0; }

// ---- the northern lights ----
float pixel, place;

// A crest line as sharp folds: height, and slope (which says the side that a face turns to).
vec2 crest(float x, float octaves) {
    vec2 sum = vec2(0.0);
    float weight = 0.5, f = 1.0;
    for (int i = 0; i < MANY; i++) {
        float part = weight * clamp(octaves, 0.0, 1.0);
        float at = x * f + float(i) * 17.3, cell = floor(at), u = at - cell;
        float a = hash1(cell), b = hash1(cell + 1.0);
        float v = 2.0 * mix(a, b, u * u * (3.0 - 2.0 * u)) - 1.0;
        float rise = 2.0 * (b - a) * 6.0 * u * (1.0 - u);
        sum += part * vec2(1.0 - abs(v), -sign(v) * rise * f * 0.5);
        weight *= 0.5;
        f *= 2.03;
        octaves -= 1.0;
        if (octaves <= 0.0) break;
    }
    return sum;
}

// How high distant conifers stand at x, in cells as wide as `wide`: a tip in each cell.
float tips(float x, float wide, float key) {
    float cell = floor(x / wide), tall = 0.0;
    for (int i = -1; i <= 1; i++) {
        float c = cell + float(i), r = hash1(c + key);
        float side = abs(x / wide - c - 0.25 - 0.5 * hash1(c + key + 51.0));
        tall = max(tall, (0.35 + 0.65 * r) * (1.0 - side * (1.25 + 0.5 * r)));
    }
    return tall * wide * 3.0;
}

// Near conifers, 1 inside: boughs that droop and thin out to the tip; they grow taller from x = 0 to x = `far_end`.
float conifers(vec2 p, float far_end, float tall, float slide, float soft) {
    float wide = 0.20 * tall, cell = floor((p.x + slide) / wide), inside = 0.0, ragged = 0.6 * value2(p * 60.0);
    for (int i = -2; i <= 2; i++) {
        float c = cell + float(i), r = hash1(c + 7.0), centre = (c + 0.15 + 0.7 * hash1(c + 51.0)) * wide - slide;
        float grown = tall * (0.25 + 0.75 * r) * smoothstep(-0.1, 1.0, centre / far_end);
        float off = abs(p.x - centre), v = p.y / (grown + 0.0001);
        float bough = fract(v * (11.0 + 6.0 * r) + off / grown * 6.0 + step(centre, p.x) * 0.45 + ragged + r * 7.0);
        float reach = grown * ((1.0 - v) * (0.09 + 0.15 * bough * bough + 0.05 * r) + 0.006);
        inside = max(inside, smoothstep(soft, -soft, off - reach) * smoothstep(1.0, 0.97, v) * step(0.0, centre / far_end));
    }
    return inside;
}

// Curtains: slices of sheets, each a little higher; from below they run together into rays. A sheet stands on a line that
// goes all the way across the sky and folds on it; there is always one that is seen whole.
vec3 curtains(vec2 m) {
    vec3 foot = mix(mix(vec3(0.10, 1.0, 0.42), vec3(0.16, 0.72, 0.95), smoothstep(0.0, 0.5, palette)), vec3(1.0, 0.16, 0.20),
        smoothstep(0.60, 1.0, palette));
    vec3 head = mix(mix(vec3(0.12, 0.35, 0.85), vec3(0.75, 0.18, 0.95), smoothstep(0.0, 0.45, palette)),
        vec3(0.90, 0.10, 0.42), smoothstep(0.6, 1.0, palette));
    vec2 way = vec2(m.x, 1.0) / (m.y + 0.30);
    vec2 flow = vec2(TIME * 0.020 + place, -TIME * 0.035);
    vec2 bend = (vec2(fbm(way * 0.9 + flow, 2.0), fbm(way * 0.8 - flow.yx + 17.0, 2.0)) - 0.5) * (0.5 + 2.6 * folds)
        * (0.75 + 0.3 * energy + 0.25 * bass);
    float fine = value2(vec2((way.x + bend.x * 0.7) * 9.0, TIME * 0.30)) * 0.6
        + 0.4 * value2(vec2((way.x + bend.x) * 23.0, TIME * 0.55 + 5.0));
    vec3 sum = vec3(0.0);
    float tall = 0.40 + 0.60 * rays, grain = hash2(gl_FragCoord.xy) - 0.5, tilt = 0.35 * sine(place * 1.3);
    for (int i = 0; i < 15; i++) {
        float k = (float(i) + 0.3 * grain + 0.15) / 14.0;
        vec2 q = way * (0.62 + k * tall * 0.42) + bend * vec2(0.55, 0.30);
        float along = value2(q * vec2(0.75, 0.6) + flow) - 0.5, off = abs(2.0 * fract(0.55 * q.y + tilt * q.x + 0.9 * along
            + 0.10 * sine(place + TIME * 0.11)) - 1.0);
        float sheet = max(1.0 - off * 3.0, 0.0);
        sheet *= sheet * (0.35 + 0.65 * smoothstep(-0.35, 0.35, along)) * (0.25 + 1.0 * smoothstep(0.20, 0.80, fine));
        float e = exp(-k), e2 = e * e, e3 = e * e2, e12 = e3 * e3 * e3 * e3;
        float fade = e3 * (1.0 - e12 * e12 * e2) + 0.25 * e2 * rays * fine;
        sum += mix(foot, head, smoothstep(0.0, 0.75, k)) * sheet * fade;
    }
    return sum * smoothstep(0.0, 0.16, m.y) * (0.45 + 0.95 * strength) * 0.20;
}

void main() {
    vec2 half_size = 0.5 * RENDERSIZE / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * 2.0 * half_size;
    pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    place = seed * 97.0;
    float horizon = -0.20 * half_size.y;

    // Water bends the way to what it mirrors.
    float below = horizon - p.y, is_water = step(0.0, below), far = 0.11 / (max(below, 0.0) + 0.006);
    float fine = clamp(-log2(pixel * far * far * 45.0), 0.0, 4.0) * is_water;
    vec2 ripple_at = vec2(p.x * far * 6.0, far * 9.0) + vec2(place, TIME * 0.45);
    float ripple = fbm(ripple_at, fine) - 0.5,
        swell = fbm(ripple_at * vec2(0.22, 0.3) - vec2(0.0, TIME * 0.3), 2.0 * is_water) - 0.5;
    float tilt = (ripple * (0.28 + 0.4 * pulse * below) + swell * 0.16) * (0.2 + wind) * (0.10 + 1.5 * below) * is_water;
    vec2 m = vec2(p.x + tilt * 0.35, horizon + max(abs(p.y - horizon) * (1.0 + 0.15 * is_water) + tilt * 1.4, 0.0005));
    float up = m.y - horizon, side = m.x * sign(sine(place * 0.7) + 0.01), scale = 0.72 + 0.28 * half_size.y;

    // Land
    float range_x = m.x * 1.5 + place;
    float range = scale * mix(0.07, 0.30, height) * (crest(range_x, 6.0).x * 1.35 - 0.10 + 0.25 * cosine(m.x * 2.2 + place));
    float hills = scale * (0.028 + 0.08 * crest(m.x * 1.1 + place * 1.7 + 40.0, 3.0).x) + tips(m.x, 0.011, place) * 0.7;
    float shore = smoothstep(0.12, -half_size.x, side) * 0.11 - 0.016 + 0.012 * crest(m.x * 9.0, 3.0).x;
    float soft = pixel * (1.0 + 2.0 * is_water) + 0.0015;
    float on_range = smoothstep(-soft, soft, range - up), on_hills = smoothstep(-soft, soft, hills - up),
        on_shore = smoothstep(-soft, soft, shore - up);
    on_shore = max(on_shore, conifers(vec2(side, up - shore + 0.008), -half_size.x, 0.40, place * 0.4, soft * 0.8));

    // Night sky: blue that the last dusk warms, a band of the galaxy, stars that twinkle, the lights.
    vec3 night = mix(vec3(0.0035, 0.007, 0.020), vec3(0.010, 0.024, 0.060), exp(-up * 2.0));
    float at_dusk = exp(-up * 5.5) / (1.0 + (m.x + 0.5 * half_size.x * sign(side * m.x)) * 0.2);
    night += dusk * dusk * (vec3(0.30, 0.12, 0.05) * at_dusk + vec3(0.04, 0.045, 0.09) * exp(-up * 2.2));
    vec3 lights = curtains(vec2(m.x, up));
    vec3 c = night + lights;
    float milky = fbm(vec2(m.x * 1.2 + up * 1.1 + place, (up - m.x * 0.5) * 4.0), 3.0) * exp(-abs(up - 0.35 - m.x * 0.5) * 5.0);
    c += vec3(0.025, 0.026, 0.040) * milky;
    for (int i = 0; i < 2; i++) {
        float s = 30.0 + 34.0 * float(i);
        vec2 cell = floor(m * s), in_cell = m * s - cell - 0.5;
        float r = hash2(cell + 7.0 + float(i) * 31.0);
        vec2 off = (vec2(fract(r * 71.0), fract(r * 133.0)) - 0.5) * 0.8;
        float bright = fract(r * 19.0) * fract(r * 19.0), size = max(pixel * 1.3, 0.0013 + 0.0014 * bright);
        float star = smoothstep(size * s, 0.0, length(in_cell - off)) * smoothstep(0.80, 1.0, r);
        star *= (0.35 + 1.2 * bright) * min((0.0016 + 0.0014 * bright) / size, 1.0);  // as much light at any size
        c += mix(vec3(0.7, 0.8, 1.0), vec3(1.0, 0.85, 0.65), fract(r * 47.0)) * star
            * (0.75 + 0.25 * sine(TIME * (1.0 + 3.0 * r) + r * 90.0) * (1.0 + treble)) * mix(0.9, 0.4, is_water)
            * smoothstep(0.0, 0.2, up) * (1.0 - 0.6 * dusk);
    }

    // One noise for cloud or rock, and again towards the light from above.
    float rocky = step(up, range), deep = max(range - up, 0.0);
    vec2 cloud_at = vec2(m.x, 1.0) * (0.7 / (up + 0.16)) * vec2(1.2, 1.9) + vec2(TIME * 0.03 + place, TIME * 0.01);
    vec2 face_at = vec2(range_x * 9.0 + deep * 8.0, deep * 15.0 + place);
    vec2 at = mix(cloud_at, face_at, rocky);
    at += (fbm(at * 0.55 + 9.0, 2.0) - 0.5) * 1.0;
    float n = fbm(at, 5.0), n_light = fbm(at + vec2(0.12, -0.36), 4.0);
    float cover = smoothstep(0.78 - 0.42 * clouds, 1.0 - 0.42 * clouds, n + 0.05) * smoothstep(0.0, 0.14, up)
        * smoothstep(0.02, 0.15, clouds);
    vec3 glow = mix(mix(vec3(0.04, 0.30, 0.14), vec3(0.12, 0.16, 0.34), smoothstep(0.0, 0.5, palette)),
        vec3(0.34, 0.05, 0.08), smoothstep(0.6, 1.0, palette)) * (0.10 + 0.34 * strength) * (0.9 + 0.3 * mid);
    c = mix(c, night * 0.8 + glow * (0.18 + clamp(n - n_light, -0.1, 0.3) * 1.2) + dusk * dusk * vec3(0.05, 0.03, 0.03),
        cover * 0.9);

    float face = crest(range_x + (n - 0.5) * deep * 3.5, 4.6).y,
        light = clamp(0.50 + 0.14 * face + (n - n_light) * 2.4, 0.08, 1.0);
    float altitude = up / (scale * mix(0.12, 0.32, height)), gully = 1.0 - abs(2.0 * n - 1.0) * 2.0;
    float snow = smoothstep(-0.30, 0.26, altitude - mix(0.9, 0.0, snow_line) + (n_light - n) * 0.9 - 0.34 * gully);
    vec3 lamp = glow * 1.2 + vec3(0.020, 0.030, 0.050) + dusk * dusk * vec3(0.05, 0.035, 0.05);
    vec3 stone = mix(vec3(0.13, 0.13, 0.14), vec3(0.85, 0.88, 0.95), snow) * lamp * (0.25 + 1.2 * light);
    vec3 veil = night * 0.8 + glow * 0.22 + dusk * dusk * vec3(0.10, 0.05, 0.04);
    c = mix(c, mix(stone, veil, 0.30 * exp(-altitude * 2.0)), on_range);
    vec3 wood = vec3(0.05, 0.065, 0.06) * lamp * (0.4 + value2(m * vec2(95.0, 48.0)));
    c = mix(c, mix(wood, veil, 0.40 * exp(-up * 22.0)), on_hills);
    float bank = fbm(vec2(m.x * 3.0 - TIME * 0.03, up * 22.0 - TIME * 0.01 + place), 3.0);
    c = mix(c, veil * 1.25, 0.6 * smoothstep(0.30, 0.75, bank) * exp(-up * 20.0));
    c = mix(c, vec3(0.010, 0.014, 0.014) * lamp * 2.0 + vec3(0.0012, 0.0018, 0.0022), on_shore);

    float mirror = mix(0.88, 0.52, smoothstep(0.0, 0.5, below)) + 0.9 * ripple * below * (0.2 + wind);
    vec3 water = c * mirror * vec3(0.93, 0.98, 1.0) + vec3(0.0015, 0.004, 0.007) + glow * 0.03;
    c = mix(c, water + veil * 0.35 * exp(-below * below * 160000.0), is_water * smoothstep(-pixel, pixel, below));
    c *= 1.0 - 0.30 * dot(p, p) / dot(half_size, half_size);
    gl_FragColor = vec4(curve(max(c, 0.0) * 2.6) + dither(gl_FragCoord.xy), 1.0);
}
