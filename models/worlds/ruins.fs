/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Ruins in dust: broken walls, arches and columns, heaps of stones before them, ivy and grass, shafts of light.",
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
    {"NAME": "overgrowth", "LABEL": "Bare to overgrown", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
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

const float WALL = 9.0, BEAM = 8.0, HEAP = 7.0;  // kinds of what stands

// Columns on two steps, some broken off; a beam lies where two that stand side by side reach it.
vec4 temple(vec2 q, float k, float f, float jag, float h) {
    float x = q.x * 3.0, g = fract(x) - 0.5, here = floor(x), next = here + sign(g);
    float c = hash2(vec2(mod(here, LATTICE), 50.0 + k)), beside = hash2(vec2(mod(next, LATTICE), 50.0 + k));
    float full = 0.98 - 0.033 * k, lost = 0.75 * destruction;
    float tall = c > lost ? full : full * (0.22 + 0.6 * fract(c * 17.0)) + 0.30 * jag;
    float radius = 0.17 - 0.03 * q.y + 0.06 * smoothstep(0.15, 0.11, q.y);
    radius += 0.08 * smoothstep(0.09, 0.02, full - q.y) * step(full, tall);
    float shaft = min((radius - abs(g)) * 0.33, tall - q.y), above = q.y - full;
    float beam = min(min(above + 0.01, 0.25 - 0.6 * destruction * jag - above), (0.27 + 0.4 * jag - abs(g)) * 0.33);
    if (c > lost && beside > lost) beam = min(above + 0.01, 0.25 - 0.6 * destruction * jag - above);
    if (c <= lost) beam = -1.0;
    float steps = min(0.055 + 0.05 * step(abs(f), 0.46) - q.y, 0.49 - abs(f));
    bool drum = q.y < full - 0.012 && q.y > 0.105;
    return vec4(max(max(shaft, beam), steps), drum ? c : h, drum ? g / max(radius, 0.05) : BEAM, 0.0);
}

// What stands at q in row k: above 0 inside it. x: how far inside, y: number of the piece, z: place across a column
// (else WALL, BEAM or HEAP), w: 1 on the depth of an opening's side, which the light from `side` (-1..1) reaches.
vec4 piece(vec2 q, float k, float side) {
    float cell = floor(q.x), f = fract(q.x) - 0.5, h = hash2(vec2(mod(cell, LATTICE), 20.0 + k));
    float coarse = 0.16 * broken(q.x * 4.0, k + 2.0), jag = 0.09 * broken(q.x * 13.0, k + 5.0);
    jag += coarse + 0.04 * broken(q.x * 37.0, k + 9.0);
    float heap = 0.02 + (0.18 + 0.25 * destruction) * jag - q.y;  // what fell down lies at the foot
    vec4 stands = vec4(heap, h, HEAP, 0.0);
    if (fract(h * 43.0) < 0.12 * k) return stands;
    if (fract(h * 29.0) < columns) {
        stands = temple(q, k, f, jag, h);
    } else {
        // A wall, all its own: from a tower to a long front, with one to four bays; a gable or a broken slope above.
        float half_width = mix(0.25, 0.5, fract(h * 3.0)), bays = 1.0 + floor(3.9 * fract(h * 19.0) * half_width * 2.0);
        float across = f + (0.5 - half_width) * (2.0 * fract(h * 51.0) - 1.0), x = (across / half_width * 0.5 + 0.5) * bays;
        float bay = clamp(floor(x), 0.0, bays - 1.0), width = 2.0 * half_width / bays, wx = (x - bay - 0.5) * width;
        float e = hash2(vec2(mod(cell, LATTICE) + 7.0 * bay, 33.0 + k)), turned = fract(h * 5.0) > 0.5 ? 1.0 : -1.0;
        float high = mix(0.62, 1.18, fract(h * 13.0)) + 0.18 * (0.5 - half_width) - 0.5 * destruction * e * e;
        float lost = 0.5 * destruction * smoothstep(-0.4, 1.0, across / half_width * turned);
        float lost_here = 0.5 * destruction * smoothstep(-0.4, 1.0, (across - wx) / half_width * turned);
        float rough = 0.35 + 1.5 * destruction, top = high - lost + step(0.62, fract(h * 7.0)) * (0.22 - 0.5 * abs(across));
        top = mix((floor((top - 1.5 * rough * coarse) * 17.0) + 0.5) / 17.0, top - rough * jag, 0.25) - 0.2 * jag;
        // An opening in each bay. What is left above it rests on both its sides, or else the bay is gone down to the sill.
        bool door = fract(e * 31.0) > 0.6;
        float sill = door ? -1.0 : 0.30 + 0.12 * fract(h * 23.0), wide = min(0.30 * width, door ? 0.18 : 0.10);
        float spring = (door ? 0.34 : sill + 0.24) + 0.10 * fract(h * 37.0), crown = spring + wide;
        bool gone = high - lost_here - 0.25 < crown;
        if (gone) top = min(top, max(sill, 0.10) + floor(14.0 * coarse * fract(e * 47.0)) / 17.0 + 0.2 * jag);
        else if (abs(wx) < wide + 0.045) top = max(top, crown + 0.07 + 0.35 * jag);
        top = max(top, 0.08 + 0.2 * jag);
        vec2 w = vec2(wx, q.y - spring), in_depth = w + vec2(0.035 * side, 0.012);
        float hole = min(max(min(wide - abs(w.x), -w.y), wide - length(w)), q.y - sill);
        float deep = max(min(wide - abs(in_depth.x), -in_depth.y), wide - length(in_depth));
        deep = gone ? -1.0 : min(deep, q.y - sill - 0.02);
        float inside = min(min(top - q.y, half_width - 0.03 * jag - abs(across)), -deep);
        stands = vec4(inside, h, WALL, gone ? 0.0 : step(0.0, min(hole, -deep)));
    }
    return heap > stands.x ? vec4(heap, h, HEAP, 0.0) : stands;
}

// Stones of a wall, each lighter above and darker below: how bright. `rows` of them for each unit of height.
float courses(vec2 q, vec2 rows, float soft, float rough) {
    float row = floor(q.y * rows.y), x = q.x * rows.x + 0.5 * mod(row, 2.0) + 0.3 * hash1(mod(row, LATTICE));
    vec2 f = vec2(fract(x), fract(q.y * rows.y)), edge = min(f, 1.0 - f) / rows;
    float joint = smoothstep(0.0, 0.005 + soft, min(edge.x, edge.y) + 0.004 * rough);
    float h = hash2(mod(vec2(floor(x), row), LATTICE)), relief = smoothstep(0.75, 1.0, f.y) - smoothstep(0.3, 0.0, f.y);
    return mix(0.85, (0.5 + 0.5 * joint) * (0.72 + 0.5 * h + 0.16 * relief), smoothstep(0.05, 0.012, soft));
}

// A tuft of grass on the middle of u's cell. x: above 0 inside, y: light on it, z: 1 for grass.
vec3 tuft(vec2 u, float h) {
    float bent = 0.7 * (fract(h * 41.0) - 0.5) + 0.9 * u.x, x = u.x - bent * u.y * u.y, number = floor(13.0 * x + h);
    float blade = 2.0 * abs(fract(13.0 * x + h) - 0.5), long_ = 0.35 + 0.65 * fract((number + 90.0) * 0.618);
    float tall = (0.5 + 0.6 * fract(h * 61.0)) * (1.0 - 4.0 * x * x) * long_;
    float foot = (0.12 * long_ - 0.3 * x * x) * (1.0 - blade) + u.y;  // each blade has its own
    return vec3(0.3 * min(tall * (1.0 - blade) - u.y, foot), 0.16 + 0.6 * max(u.y, 0.0) + 0.25 * long_, 1.0);
}

// A stone there. x: above 0 inside, y: light on it, z: 0.
vec3 stone(vec2 u, float h, float side) {
    float a = 0.34 + 0.16 * fract(h * 17.0), high = 0.22 + 0.75 * fract(h * 29.0) * (0.4 + a);
    float lean = 0.9 * (fract(h * 41.0) - 0.5), x = u.x + 0.15 * lean * u.y, upper = high - u.y - 0.5 * lean * u.x;
    float sides = a - abs(x) - (0.3 * fract(h * 83.0) - 0.12) * u.y;
    float corner = high + a - 0.10 - 0.16 * fract(h * 7.0) - u.y - 0.4 * lean * x - abs(x + 0.12 * lean);
    float inside = min(min(upper, sides), min(0.7 * corner, u.y + 0.15));
    // Three faces: the upper one takes the light of the sky and the sun, of the others one is turned to the sun.
    float edge = u.y - 0.62 * high + 0.5 * lean * u.x, ridge = x - 0.6 * lean * a + 0.25 * edge;
    float upon = smoothstep(-0.025, 0.025, edge), turned = smoothstep(-0.03, 0.03, ridge * (side < 0.0 ? -1.0 : 1.0));
    float front = mix(0.20, 0.48, mix(0.5, turned, abs(side))) * (0.5 + 0.5 * smoothstep(-0.05, 0.4, u.y));
    return vec3(inside, mix(front, 0.9, upon), 0.0);
}

// Stones on sloping ground, which begins at height 0 and comes nearer as `below` grows.
// x: light on them and y: how much of it is grass, both times z: cover; w: how much the ground is in their shadow.
vec4 stones(float x, float below, float side, float green, float much, float rough) {
    const float UNIT = 0.018, GROWS = 0.10, START = 0.5 * UNIT / GROWS;  // size of the farthest; each row is so much larger
    float row = floor(log2(max(below + START, 0.02 * START) / START) / log2(1.0 + GROWS));
    vec4 seen = vec4(0.0);
    for (int i = 3; i >= 0; i--) {
        float number = row + float(i), nearer = exp2(number * log2(1.0 + GROWS));
        float size = UNIT * nearer * (0.65 + 0.9 * fract(number * 0.7549));
        float along = x / size + 37.0 * fract(number * 0.618), cell = floor(along), h = hash2(mod(vec2(cell, number), LATTICE));
        float middle = (cell + 0.5 - 37.0 * fract(number * 0.618)) * size;
        float heaped = 0.5 + 0.3 * sin(5.1 * middle + 0.31 * number) + 0.3 * sin(11.7 * middle - 0.43 * number);
        bool is_stone = fract(h * 71.0) < much * (0.1 + 1.3 * heaped * heaped + 0.3 * heaped);
        if (number < 0.0 || (!is_stone && fract(h * 53.0) > green)) continue;
        vec2 u = vec2(along - cell - 0.5, (START * (nearer - 1.0) - below) / size + 0.3 * fract(h * 11.0));
        vec3 s = is_stone ? stone(u + rough * vec2(0.22, 0.17), h, side) : tuft(u, h);
        float a = clamp(0.5 + s.x * size * min(RENDERSIZE.x, RENDERSIZE.y), 0.0, 1.0) * (1.0 - seen.z);
        seen.xyz += a * vec3(s.y * (0.75 + 0.5 * fract(h * 5.0)), s.z, 1.0);
        float near = length(vec2(u.x + 0.2 * side, 2.6 * u.y));
        seen.w = max(seen.w, smoothstep(0.8, 0.25, near) * (1.0 - 0.6 * s.z));
    }
    return seen;
}

// The light of the picture, and what is the same for all that is at p.
struct Scene {
    vec2 p;
    vec2 sun_at;
    float ground;   // height where the walls stand
    float pixel;    // size of one
    float away;     // of p from the sun
    float side;     // -1..1, where the sun is
    float gold;     // 0..1
    vec3 sun;
    vec3 air;
    vec3 high;      // sky above
    vec3 leaf;
    float weather;  // noise, fine
    float veil;     // noise, of drifting dust
    float shafts;
};

// The light that passes between what stands, drawn out from the sun.
float shafts_at(vec2 from_sun, float away) {
    float angle = atan(from_sun.x, -from_sun.y);
    float shafts = 0.6 * value2(vec2(angle * 5.0 + 11.0 * seed, 3.0 + mod(TIME * 0.05, LATTICE)));
    shafts += 0.4 * value2(vec2(angle * 15.0, mod(TIME * 0.09, LATTICE)));
    shafts = smoothstep(0.40, 0.85, shafts) * exp(-1.5 * away) * smoothstep(0.0, 0.2, away);
    return shafts * smoothstep(0.25, -0.25, from_sun.y);
}

// Sky heavy with dust.
vec3 sky(Scene a, float top) {
    float up = clamp((a.p.y - a.ground) / (top - a.ground), 0.0, 1.0);
    float murk = fbm(vec2(a.p.x * 1.4, a.p.y * 2.4) + 7.0 * seed, vec2(TIME * 0.04, TIME * 0.01), 5.0);
    vec3 light = mix(a.air, a.high, pow(up, 0.8)) * (0.85 + 0.55 * murk);
    float disc = 0.35 * exp(-26.0 * a.away) + 1.6 * exp(-900.0 * a.away * a.away);
    return light + a.sun * (0.55 * exp(-4.5 * a.away) + disc * (1.0 - 0.4 * dust));
}

// Light that comes from `part` of a row at q, and how much of it is seen.
vec4 masonry(Scene a, vec4 part, vec2 q, float k, float soft) {
    bool drum = abs(part.z) < 5.0;
    float stone = 0.95, rounded = 0.36 + 0.25 * a.weather, flutes = 1.0;
    if (drum) {
        stone = 0.75 + 0.25 * smoothstep(0.0, 0.02 + soft, abs(fract(q.y * 5.0) - 0.5));
        rounded = clamp(0.42 + 0.8 * a.side * part.z, 0.05, 1.2);
        flutes = 0.85 + 0.15 * cos(part.z * 15.0) * smoothstep(0.03, 0.01, soft);
    } else if (part.z != HEAP) {
        stone = courses(q, part.z == WALL ? vec2(8.0, 17.0) : vec2(3.0, 9.0), 2.0 * soft, a.weather);
    }
    vec3 wall = mix(vec3(0.28, 0.26, 0.24), vec3(0.42, 0.33, 0.25), fract(part.y * 7.0));
    wall *= stone * (0.85 + 1.0 * a.weather + 0.4 * a.veil) * (part.z == HEAP ? 1.6 : 1.0);  // dust lies on heaps
    float ivy = 1.10 * overgrowth - 0.66 + 1.5 * a.weather + 0.8 * a.veil + 0.25 * q.y;
    ivy -= 0.5 * value2(vec2(q.x * 1.7, 7.3 + 4.0 * k));
    if (ivy > 0.0) {
        float leaves = value2(q * vec2(46.0, 38.0) + 5.0 * k) * value2(q * vec2(23.0, 21.0) + 9.0);
        leaves = 0.3 + 1.9 * mix(0.25, leaves, smoothstep(0.05, 0.01, soft));
        wall = mix(wall, a.leaf * leaves, smoothstep(0.0, 0.22, ivy) * (0.3 + 0.35 * k));
    }
    float rim = smoothstep(0.035, 0.0, part.x) * exp(-2.2 * a.away) + 0.55 * part.w * exp(-0.9 * a.away);
    vec3 lit = wall * flutes * (a.air * 0.30 + a.high * 0.22 + a.sun * (0.36 * rounded * exp(-0.9 * a.away) + 0.9 * rim));
    return vec4(lit * (0.5 + 0.5 * smoothstep(-0.05, 0.5, q.y)), smoothstep(-soft, soft, part.x));
}

// Three rows of ruins, far to near; each stands in the dust of those before it.
vec3 rows(Scene a, vec3 light, float tall) {
    for (int i = 0; i < 3; i++) {
        float k = float(i), depth = mix(3.2, 1.0, k * 0.5), foot = a.ground + 0.045 * (2.0 - k);
        float size = mix(0.19, 0.52, k * 0.5) * (0.8 + 0.4 * tall), soft = a.pixel / size;
        vec2 q = vec2(a.p.x / size + 9.0 * k + 13.0 * seed * (1.0 + 0.2 * k), (a.p.y - foot) / size);
        if (q.y < 1.5) {
            vec4 part = piece(q, k, a.side), lit = part.x > -soft ? masonry(a, part, q, k, soft) : vec4(0.0);
            float haze = 1.0 - exp(-(0.2 + 1.1 * dust) * (depth - 0.85) * 0.62);
            light = mix(light, mix(lit.rgb, a.air + a.sun * 0.30 * exp(-3.5 * a.away), haze), lit.a);
        }
        // dust between the rows, with the shafts in it
        float low = exp(-4.5 * max(a.p.y - foot, 0.0)) * (0.5 + 0.5 * energy), here = a.veil * (k > 0.5 ? -1.0 : 1.0);
        float cloud = (0.08 + 0.5 * dust) * low * smoothstep(-0.4, 0.5, here + 0.15 * bass);
        light = mix(light, a.air * (0.9 + 0.5 * here), clamp(cloud, 0.0, 0.85));
        light += a.sun * a.shafts * beams * (0.07 + 0.2 * dust) * (0.8 + 0.6 * here + 0.4 * mid * here + 0.25 * pulse);
    }
    return light;
}

// Smoke from what still burns.
vec3 smoulder(Scene a, vec3 light) {
    vec2 s = vec2(a.p.x - a.sun_at.x * -0.6 - 0.25 * (a.p.y - a.ground), a.p.y - a.ground);
    float column = abs(s.x) / (0.03 + 0.30 * max(s.y, 0.0));
    float puff = fbm(s * vec2(5.0, 3.2), vec2(-TIME * 0.03, TIME * 0.20), 4.0);
    float thick = smoothstep(1.0, 0.2, column - 1.1 * puff) * smoothstep(0.0, 0.1, s.y) * smoke * exp(-0.8 * max(s.y, 0.0));
    vec3 burning = vec3(0.9, 0.22, 0.04) * 0.5 * exp(-9.0 * s.y) * smoke;
    return mix(light, (a.air * 0.16 + 0.01) * (0.8 + 1.2 * puff) + burning, thick);
}

// Ground before the walls: stones of all sizes in dust, grass where nobody goes. `depth`: 0 at the walls, 1 at the viewer.
vec4 foreground(Scene a, float below, float depth) {
    float green = clamp(1.3 * overgrowth - 0.2 + 0.6 * a.veil, 0.0, 0.9);
    vec4 s = stones(a.p.x + 3.0 * seed, below, a.side, green, 0.45 + 0.75 * destruction, a.weather);
    float meadow = smoothstep(-0.2, 0.35, a.veil + 0.5 * a.weather + overgrowth - 0.75), sunny = exp(-1.1 * a.away);
    float grain = value2(a.p * vec2(90.0, 150.0)) * smoothstep(0.006, 0.002, a.pixel) - 0.5;
    vec3 dusty = mix(vec3(0.34, 0.31, 0.28), vec3(0.42, 0.33, 0.24), a.gold) * (0.9 + 1.1 * a.weather + 0.25 * grain);
    vec3 bare = mix(dusty, a.leaf * (0.8 + 1.2 * a.weather), meadow) * (1.0 - 0.65 * s.w);
    vec3 lit = bare * (a.air * 0.42 + a.high * 0.25 + a.sun * (0.16 + 0.5 * sunny));
    float shine = s.x / max(s.z, 0.01);
    vec3 face = dusty * (a.air * (0.20 + 0.5 * shine) + a.high * (0.15 + 0.4 * shine) + a.sun * shine * (0.35 + 0.9 * sunny));
    vec3 blades = a.leaf * shine * (0.8 * a.air + 0.4 * a.high + a.sun * (0.5 + 1.2 * sunny));
    lit = mix(mix(lit, face, s.z), blades, s.y);
    float haze = (0.25 + 0.55 * dust) * exp(-3.2 * depth);
    lit = mix(lit * mix(1.0, 0.55, depth), a.air + a.sun * 0.2 * exp(-3.0 * a.away), haze);
    return vec4(lit, max(s.z, smoothstep(-a.pixel, a.pixel, below)));
}

vec3 motes(Scene a) {
    float sum = 0.0;
    for (int i = 1; i <= 2; i++) {
        float k = float(i), scale = 7.0 + 6.0 * k;
        vec2 grid = (a.p + 0.02 * vec2(sin(a.p.y * 7.0 + TIME * 0.5), cos(a.p.x * 6.0 + TIME * 0.4))) * scale;
        grid += vec2(-mod(TIME * 0.5, LATTICE), mod(TIME * 0.22 * k, LATTICE));
        float h = hash2(mod(floor(grid), LATTICE) + 17.0 * k), size = max(0.010 + 0.010 * h, 1.2 * a.pixel * scale);
        vec2 d = fract(grid) - 0.5 - 0.5 * (vec2(fract(h * 17.0), fract(h * 31.0)) - 0.5);
        sum += step(0.84 - 0.5 * treble, h) * exp(-dot(d, d) / (size * size));
    }
    return a.sun * sum * (0.10 + 0.9 * a.shafts) * (0.3 + dust) * (0.7 + pulse);
}

Scene scene(vec2 p, vec2 extent, float pixel) {
    Scene a;
    a.p = p;
    a.pixel = pixel;
    a.ground = -0.42 * extent.y;
    a.sun_at = vec2(0.45 * extent.x * sin(6.28 * seed + 0.7), a.ground + 0.62 * extent.y + 0.12);
    a.away = length(p - a.sun_at);
    a.side = clamp(3.0 * (a.sun_at.x - p.x), -1.0, 1.0);
    a.gold = time_of_day * time_of_day;
    a.sun = mix(vec3(0.70, 0.84, 1.02), vec3(1.75, 0.86, 0.30), a.gold) * mix(1.25, 0.45, darkness);
    a.air = mix(vec3(0.30, 0.36, 0.43), vec3(0.86, 0.46, 0.20), a.gold) * mix(0.95, 0.16, darkness);
    a.high = mix(vec3(0.13, 0.19, 0.29), vec3(0.24, 0.30, 0.52), a.gold) * mix(0.9, 0.10, darkness);
    a.leaf = mix(vec3(0.10, 0.16, 0.08), vec3(0.17, 0.30, 0.06), a.gold);
    a.weather = fbm(p * 11.0 + 5.0 * seed, vec2(0.0), clamp(-log2(pixel * 22.0), 2.0, 5.0));
    a.veil = fbm(vec2(p.x * 1.6, (p.y - a.ground) * 3.0) + 3.0 * seed, vec2(TIME * 0.07, TIME * 0.02), 4.0);
    a.shafts = shafts_at(p - a.sun_at, a.away);
    return a;
}

void main() {
    float pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE * pixel, extent = 0.5 * RENDERSIZE * pixel;
    p.x += 0.01 * sin(TIME * 0.13);
    Scene a = scene(p, extent, pixel);
    float fall = a.ground + extent.y, swell = 0.02 + 0.10 * destruction;
    swell *= (0.6 + 0.8 * fall + 2.0 * (p.y - a.ground)) * noise2(vec2(p.x * 2.1 + 19.0 * seed, 4.5));
    float below = a.ground + 0.03 + swell - p.y;
    vec3 light = vec3(0.0);
    if (below < pixel) light = smoulder(a, rows(a, sky(a, extent.y), extent.y));
    if (below > -0.04) {
        vec4 near = foreground(a, below, clamp(below / fall, 0.0, 1.0));
        light = mix(light, near.rgb, near.a);
    }
    light += a.sun * a.shafts * beams * 0.10 * (0.3 + dust);
    float drift = fbm(p * vec2(1.2, 2.6) + 21.0 * seed, vec2(TIME * 0.14, -TIME * 0.02), 3.0);
    float passing = 0.34 * dust * smoothstep(-0.2, 0.6, drift + 0.1 * bass) * exp(-2.0 * max(p.y - a.ground, 0.0));
    light = mix(light, a.air * 1.05 + a.sun * 0.12, passing) + motes(a);
    light *= 1.0 - 0.45 * dot(p, p) / dot(extent, extent);
    gl_FragColor = vec4(curve(light * 1.15) + dither(), 1.0);
}
