/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Drops of ink that unfold in still water: veils, curls and threads on a light ground.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "palette", "LABEL": "Ink, round the circle", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "second", "LABEL": "Second ink", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "spread", "LABEL": "How far it has unfolded", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "density", "LABEL": "Density of the ink", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "curl", "LABEL": "Curls", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "ground", "LABEL": "Night blue to paper white", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.85},
    {"NAME": "warmth", "LABEL": "Cool to warm light", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
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
vec2 sine(vec2 x) { return vec2(sine(x.x), sine(x.y)); }
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

vec3 curve(vec3 light) {
    vec3 t = sqrt(sqrt(1.0 - exp(-max(light, 0.0))));
    vec3 c = t * (t * (t * (t * 0.1414 - 0.4158) + 1.2414) + 0.0335);  // the display's gamma: t to the power of 1.818
    return mix(c, c * c * (3.0 - 2.0 * c), 0.35);
}

float dither() { return (hash2(floor(isf_FragNormCoord * RENDERSIZE) + floor(fract(TIME) * 97.0)) - 0.5) / 255.0; }

// What an ink of this hue takes from white light: the complement of its colour.
vec3 absorbs(float turn) {
    vec3 c = clamp(abs(fract(turn + vec3(0.0, 2.0, 1.0) / 3.0) * 6.0 - 3.0) - 1.0, 0.0, 1.0);
    return 1.06 - mix(vec3(dot(c, vec3(0.3, 0.5, 0.2))), c, 0.9) * vec3(0.95, 0.8, 1.0);
}

// A falling drop, head at d = 0: how deep inside it is here (below 0: outside), in its own size.
float plume(vec2 d, float size, float age) {
    vec2 q = d / size;
    float head = 0.62 - length(vec2(q.x, q.y * (q.y > 0.0 ? 0.75 : 1.15)));
    float neck = (0.20 + 0.25 * age + 0.05 * q.y) * smoothstep(7.0, 0.5, q.y) - abs(q.x + 0.12 * sine(q.y * 2.1));
    return max(head, q.y > -0.1 ? neck : -1.0);
}

// Water that turns in eddies of every size carries what hangs in it: where it came from (xy), and how its sheets lie (z):
// 1 where one looks along a sheet, and so through much of it.
vec3 carried(vec2 p, float fine) {
    vec2 q = p * 2.2 + vec2(0.0, 0.10 * TIME) + 23.0 * seed;
    float often = 1.0, sheets = 0.0, weight = 0.5, reach = mix(0.35, 0.72, curl) * (0.85 + 0.3 * energy);
    for (int i = 0; i < MANY; i++) {
        float k = float(i), part = clamp(fine - k, 0.0, 1.0);
        vec2 phase = vec2(0.21, -0.17) * TIME * (1.0 + 0.3 * k) + vec2(1.7, 2.9) * k + 5.0 * seed;
        q += part * reach / often * sine(often * 1.35 * q.yx + phase);
        q = TURN * q;
        often *= 1.5;
        float along = sine(q.x * (1.1 + 0.45 * k) + 0.7 * q.y + 1.3 * k);
        float edge = 1.0 - abs(along);
        sheets += part * weight * edge * edge * (0.45 + 0.75 * edge);
        weight *= 0.88;
        if (k + 1.0 >= min(fine, 8.0)) break;
    }
    return vec3(q, sheets);
}

void main() {
    float pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE * pixel, extent = 0.5 * RENDERSIZE * pixel;
    float strength = 0.6 + 0.6 * energy;

    // the water's slow turning, then the eddies at the edges of the ink
    vec2 slow = vec2(noise2(p * 1.5 + vec2(7.0 * seed, -mod(TIME * 0.07, LATTICE))),
                     noise2(p * 1.5 + vec2(41.0, 7.0 * seed + mod(TIME * 0.08, LATTICE))));
    vec2 fine = vec2(fbm(p * 4.2 + 3.0 * seed + slow, vec2(0.0, -TIME * 0.11), 4.0),
                     fbm(p * 4.2 + 17.0 - slow, vec2(TIME * 0.05, -TIME * 0.12), 4.0));
    vec2 hangs = p + 0.05 * slow + 0.02 * fine;
    float sizes = clamp(log2(1.0 / pixel) - 1.5, 3.0, 8.0);
    vec3 sheet = carried(hangs, sizes);
    float turned = sheet.z - carried(hangs + vec2(-0.010, 0.016), min(sizes, 5.0)).z;  // above 0 where sheets face the lamp
    vec2 eddy = vec2(sine(sheet.x * 0.9), cosine(sheet.y * 0.8 + sheet.x * 0.4));
    vec2 w = p + 0.20 * slow * strength + curl * (0.10 * fine + 0.055 * eddy) * strength;

    // light through the tank: brightest behind the middle
    vec3 lamp = mix(vec3(0.86, 0.95, 1.06), vec3(1.08, 0.97, 0.84), warmth);
    float fall = dot(p, p) / dot(extent, extent);
    // from night, over deep water that has the inks' own hue, to paper: never grey
    float day = smoothstep(0.48, 0.84, ground);
    vec3 own_hue = 1.1 - absorbs(palette + 0.12 * second);
    vec3 deep = vec3(0.012, 0.028, 0.060) + 0.16 * ground * own_hue * own_hue;
    vec3 paper = lamp * mix(deep * (1.6 - 1.2 * fall), vec3(2.1) * (1.0 - 0.45 * fall), day);
    paper *= mix(vec3(1.0), 0.30 + 0.85 * own_hue, 3.2 * day * (1.0 - day));

    // drops that fall one after another, the largest in the middle
    vec3 first = absorbs(palette), other = absorbs(palette + mix(0.06, 0.36, second));
    float deepest = -1.5, young = 0.0;
    vec2 shares = vec2(0.02, 0.01);  // weight of all drops here, and of the second ink in them
    for (int i = 0; i < 4; i++) {
        float k = float(i), h = hash2(vec2(k, 3.0)), turn = TIME / (17.0 + 7.0 * h) + 0.25 * k + 0.3 * h + seed,
            age = fract(turn);
        float again = hash2(vec2(mod(floor(turn), LATTICE), k + 9.0)), aside = fract(k * 0.5 + 0.25) - 0.5;
        float x = (aside * (0.55 + 0.5 * again) + 0.10 * (again - 0.5)) * extent.x * (k < 2.0 ? 0.8 : 2.0);
        float y = mix(extent.y * 1.25, -extent.y * (0.15 + 0.35 * fract(again * 7.0)), 1.0 - exp(-3.2 * age));
        float size = mix(0.40, 0.70, spread) * (0.75 + 0.4 * fract(again * 13.0)) * (0.55 + 0.85 * age)
            * (1.0 + 0.05 * bass + 0.03 * pulse);
        float inside = plume(w - vec2(x, y), size, age) - 1.1 * smoothstep(0.75, 1.0, age);
        float weight = exp(5.0 * min(inside, 0.6));
        shares += weight * vec2(1.0, fract(h * 5.0));
        young += weight * (1.0 - age);
        deepest = max(deepest, inside);
    }
    // within the ink hang its sheets, thin veils about it, and what sank long ago
    float folds = sheet.z + 0.9 * fine.x, inner = smoothstep(-0.10, 0.55, deepest + 0.30 * (folds - 0.5));
    float veil = smoothstep(-0.95, 0.1, deepest + 0.35 * folds) * smoothstep(0.30, 1.15, folds) * 0.75;
    float bank = smoothstep(-0.2, 0.9, 0.55 * slow.x + 0.9 * spread - 0.85 - 0.85 * p.y / extent.y + 0.6 * (folds - 0.6));
    float inked = inner * (0.22 + 1.30 * folds * folds) + veil * (0.4 + 0.6 * curl) + bank * (0.12 + 0.75 * folds * folds);
    // threads: what the eddies have drawn out the longest
    float thread = max(1.0 - 2.6 * abs(noise2(sheet.xy * 2.3 + 9.0)), 0.0);
    float hair = max(1.0 - 2.6 * abs(noise2(sheet.xy * 5.1 + slow * 3.0)), 0.0);
    inked *= 0.50 + 0.95 * thread * thread + 0.57 * hair * hair * hair;
    inked = clamp(inked, 0.0, 2.4);

    float mixing = smoothstep(0.25, 0.75, shares.y / shares.x + 0.45 * slow.y + 0.22 * eddy.x - 0.3 * bank * (1.0 - inner));
    vec3 taken = mix(first, other, mixing) * inked;
    float dense = mix(0.9, 3.2, density) * (1.0 + 0.10 * mid);
    vec3 through = exp(-taken * dense * (1.0 - 0.35 * clamp(turned, -1.0, 1.0)));
    vec3 own = (1.1 - mix(first, other, mixing)) * lamp * (1.0 - exp(-inked * 1.2 * dense)) * (0.10 + 0.85 * folds);
    own *= 1.0 + 0.9 * clamp(turned, -0.8, 1.0);
    vec3 light = paper * through + own * mix(1.25, 0.10, day) * (0.7 + 0.3 * young / shares.x + 0.2 * pulse * folds);

    // pigment: the finest grains glint
    vec2 grid = w * 30.0;
    float h = hash2(mod(floor(grid), LATTICE));
    vec2 g = fract(grid) - 0.5 - 0.5 * (vec2(fract(h * 17.0), fract(h * 31.0)) - 0.5);
    float size = max(0.04, 1.3 * pixel * 30.0);
    light += (0.10 + 0.4 * treble) * own * step(0.8, h) * exp(-dot(g, g) / (size * size));
    gl_FragColor = vec4(curve(light) + dither(), 1.0);
}
