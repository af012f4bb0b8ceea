/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Cells and corridors of a prison: light through barred windows, skylights and doors, its shafts in the dust, its grid on the floor.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "place", "LABEL": "Door, window or skylight", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "light", "LABEL": "Light outside", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "warmth", "LABEL": "Moon to low sun", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.35},
    {"NAME": "sun_height", "LABEL": "Height of the sun", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.45},
    {"NAME": "dust", "LABEL": "Dust in the light", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "decay", "LABEL": "Decay of the walls", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "bars", "LABEL": "Bars", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.45},
    {"NAME": "turn", "LABEL": "Where one looks", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
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

// What the seed chooses, 0..1: a number of its own for each prime.
float chance(float prime) { return fract(seed * prime + 0.618034 * prime); }

// ---- the room, in metres: x to the right, y up, z away from the eye ----
vec3 room;           // half width, half height, z of the end wall
vec3 out_way;        // towards the daylight, square to the wall that is open
vec3 along_u, along_v;  // in that wall: across the bars, and along them
vec3 to_sun;
vec2 middle, opening;  // of the first opening, along u and v: its middle; half its size
float others, apart;   // openings before and behind the middle one, and the way from one to the next
float pitch, bar, rungs;  // from bar to bar, half of a bar, and from cross-bar to cross-bar

vec2 on_wall(vec3 at) { return vec2(dot(at, along_u), dot(at, along_v)); }

// How much of the open wall a ray through `at` of it finds open; `soft`: how blurred the bars are.
float grille(vec2 at, float soft) {
    vec2 d = at - middle;
    d.x -= apart * clamp(floor(d.x / apart + 0.5), -others, others);
    vec2 edge = smoothstep(opening + soft, opening - soft, abs(d));
    float open = smoothstep(bar - soft, bar + soft, abs(mod(d.x, pitch) - 0.5 * pitch));
    open *= smoothstep(0.022 - soft, 0.022 + soft, abs(mod(d.y, rungs) - 0.5 * rungs));
    return edge.x * edge.y * open;
}

// How much of a line across the bars, from the middle of an opening to u, is open.
float open_until(float u) {
    float k = floor(u / pitch), f = u - k * pitch;
    return k * (pitch - 2.0 * bar) + min(f, 0.5 * pitch - bar) + max(f - 0.5 * pitch - bar, 0.0);
}

// Where the ray towards the sun leaves through the open wall, and how long it is.
vec3 leaves(vec3 at) {
    float way = (abs(dot(out_way, room)) - dot(at, out_way)) / dot(to_sun, out_way);
    return vec3(on_wall(at + to_sun * way), way);
}

// Light that reaches `at` through the openings; `soft`: how blurred it is right behind them.
float lit(vec3 at, float soft) {
    vec3 hit = leaves(at);
    return grille(hit.xy, soft + 0.012 * hit.z) * step(0.0, hit.z);
}

// The light that dust throws to the eye from the shafts along `ray`, until `far`. As seen from the sun a ray crosses an
// opening on a straight line, so that what its bars leave of it is known without steps.
float shafts(vec3 eye, vec3 ray, float far) {
    vec2 from = leaves(eye).xy - middle, along = leaves(eye + ray).xy - middle - from;
    along += 0.00001 * (1.0 - step(0.00001, abs(along)));
    float sum = 0.0;
    for (int i = -1; i <= 1; i++) {
        if (abs(float(i)) > others) continue;
        vec2 start = from - vec2(float(i) * apart, 0.0);
        vec2 a = (-opening - start) / along, b = (opening - start) / along;
        float enter = clamp(max(min(a.x, b.x), min(a.y, b.y)), 0.0, far);
        float leave = max(min(min(max(a.x, b.x), max(a.y, b.y)), far), enter);
        float u = start.x + along.x * enter, w = start.x + along.x * leave, blur = 0.018 + 0.02 * abs(w - u);
        float open = (open_until(max(u, w) + blur) - open_until(min(u, w) - blur)) / (abs(w - u) + 2.0 * blur);
        float halfway = 0.5 * (enter + leave), inside = leaves(eye + ray * halfway).z;
        vec2 core = smoothstep(1.0, 0.4, abs(start + along * halfway) / opening);  // rays along a side only graze it
        sum += (leave - enter) * open * core.x * core.y * exp(-0.30 * inside);
    }
    return sum;
}

// Sets the room and where its light comes from; returns where one stands. `tall`: height of the sun.
vec3 set_room(float tall, float slant) {
    // wider than `place`, as means of many latents lie near its middle; in the order of what one feels there
    float kind = 0.5 + 1.5 * (place - 0.5) + 0.3 * (chance(3.0) - 0.5), a = chance(7.0), b = chance(13.0), c = chance(17.0);
    float stand = mix(-0.75, 0.30, chance(29.0));
    others = 0.0;
    apart = 99.0;
    if (kind < 0.15) {  // behind a barred door stands the light
        room = vec3(mix(1.7, 3.0, b), 1.5, mix(3.2, 6.4, c));
        out_way = vec3(0.0, 0.0, 1.0);
        opening = vec2(mix(0.42, 1.25, a), 1.12);
        middle = vec2((room.x - opening.x - 0.1) * mix(-1.0, 1.0, chance(83.0)), opening.y - room.y + 0.02);
        to_sun = vec3(1.1 * slant, mix(0.26, 0.60, tall), 1.0);
        stand -= 0.2;
    } else if (kind < 0.38) {  // a window opposite
        room = vec3(mix(1.3, 2.4, b), mix(1.4, 1.9, a), mix(4.6, 6.4, c));
        out_way = vec3(0.0, 0.0, 1.0);
        middle = vec2(mix(0.3, 1.25, a) - 0.3, room.y - mix(0.60, 1.0, b));
        opening = vec2(mix(0.30, 0.75, b), mix(0.30, 0.46, a));
        to_sun = vec3(0.65 * slant - 0.25, mix(0.50, 1.05, tall), 1.0);
    } else if (kind < 0.60) {  // a corridor between cells, under skylights or beside windows
        room = vec3(mix(1.3, 1.9, a), mix(1.6, 2.2, b), 14.0);
        out_way = c < 0.5 ? vec3(-1.0, 0.0, 0.0) : vec3(0.0, 1.0, 0.0);
        middle = vec2(mix(5.6, 7.2, b), c < 0.5 ? room.y - 0.75 : 0.6 * slant);
        opening = vec2(mix(0.45, 0.8, b), c < 0.5 ? 0.5 : 0.6);
        to_sun = c < 0.5 ? vec3(-1.0, mix(0.45, 1.1, tall), 0.5 * slant) : vec3(0.7 * slant, mix(0.8, 1.6, tall), 0.35);
        others = 1.0;
        apart = mix(2.6, 3.4, a);
    } else if (kind < 0.83) {  // a cell with a window high in its side wall
        room = vec3(mix(1.5, 2.4, a), mix(1.35, 1.7, b), mix(4.6, 6.0, c));
        out_way = vec3(-1.0, 0.0, 0.0);
        middle = vec2(mix(2.2, 4.2, b), mix(0.10, 0.80, c));
        opening = vec2(mix(0.35, 0.85, c), mix(0.55, 0.32, a));
        to_sun = vec3(-1.0, mix(0.30, 0.95, tall), 0.7 * slant - 0.05);
    } else {  // a shaft from a skylight
        room = vec3(mix(1.8, 2.7, a), mix(2.0, 2.6, b), mix(6.5, 8.5, c));
        out_way = vec3(0.0, 1.0, 0.0);
        middle = vec2(mix(4.4, 6.0, b), mix(-1.0, 1.0, c));
        opening = vec2(mix(0.65, 1.15, a), mix(0.60, 0.98, c));
        to_sun = vec3(slant + 0.15, mix(0.75, 1.6, tall), mix(0.35, -0.25, a));
        stand -= 0.75;
    }
    to_sun = normalize(to_sun);
    along_u = out_way.z > 0.5 ? vec3(1.0, 0.0, 0.0) : vec3(0.0, 0.0, 1.0);
    along_v = out_way.y > 0.5 ? vec3(1.0, 0.0, 0.0) : vec3(0.0, 1.0, 0.0);
    pitch = 2.0 * opening.x / (2.0 * floor((0.6 + 0.8 * chance(37.0)) * mix(2.2, 4.4, bars) * (0.8 + 0.6 * opening.x)) + 1.0);
    bar = min(pitch * mix(0.15, 0.23, bars), 0.03);
    rungs = kind < 0.15 ? 0.70 : mix(0.24, 1.2, chance(41.0));
    return vec3((out_way.x < 0.0 ? 0.3 : 0.0) + 0.6 * (chance(23.0) - 0.4), stand, 0.0);
}

// Stones in courses: x: mortar 0, stone 1; y: a number of the stone; z: its slope to light from above.
vec3 stones(vec2 at, vec2 size, float soft) {
    vec2 q = at / size;
    float course = floor(q.y), known = 1.0 / (1.0 + 4.0 * soft * soft / (size.y * size.y));  // far off all are alike
    q.x += 0.5 * mod(course, 2.0) + 0.23 * hash1(mod(course, LATTICE));
    vec2 f = fract(q), inside = min(f, 1.0 - f) * size;
    float h = hash2(mod(vec2(floor(q.x), course) + 40.0, LATTICE)), gap = min(0.012, 0.08 * size.y);
    float joint = min(inside.x, inside.y) - gap + gap * noise2(at * 19.0);
    return vec3(smoothstep(-soft, gap + soft, joint), mix(0.5, h, known), (f.y - 0.5) * known);
}

// Doors of other cells along a corridor, in a wall to the side: x: how much is an opening, y: how much of that is iron.
vec2 cells(vec3 at, float soft) {
    vec2 d = vec2(abs(mod(at.z, 2.3) - 1.15) - 0.60, at.y - 0.62);
    float iron = min(abs(mod(at.z, 0.15) - 0.075) - 0.020, abs(mod(at.y + room.y, 0.72) - 0.36) - 0.022);
    return vec2(smoothstep(soft, -soft, max(d.x, d.y)), smoothstep(0.7 * soft, -0.7 * soft, iron));
}

void main() {
    float pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE * pixel, extent = 0.5 * RENDERSIZE * pixel, screen = p;
    p.x *= chance(11.0) < 0.5 ? -1.0 : 1.0;  // each room has its mirror image
    float wide = smoothstep(0.5, 1.5, extent.x / extent.y);
    float slant = 2.0 * chance(19.0) - 1.0 + 0.10 * sine(0.05 * TIME);
    vec3 eye = set_room(sun_height, slant);
    bool corridor = others > 0.5;

    // one looks at the shaft: the middle between its opening and its patch of light
    vec3 pane = out_way * abs(dot(out_way, room)) + along_u * middle.x + along_v * middle.y;
    vec3 ways = vec3((sign(to_sun.xy) * room.xy + pane.xy) / to_sun.xy, pane.z / max(to_sun.z, 0.001) + 99.0 * step(to_sun.z, 0.001));
    vec3 patch_at = pane - to_sun * min(ways.x, min(ways.y, ways.z)), focus = mix(pane, patch_at, 0.5 - 0.2 * out_way.y);
    focus = mix(vec3(eye.x, eye.y, focus.z), focus, vec3(mix(1.0, 0.6, wide), 0.62, 1.0));
    if (corridor) focus = vec3(0.3 * slant, 0.15, 9.0);
    focus.z = max(focus.z, 2.2);
    vec3 ahead = normalize(normalize(focus - eye) + vec3(0.050 * sine(TIME * 0.37), 0.014 * sine(TIME * 0.43), 0.0));
    vec3 right = normalize(vec3(ahead.z, 0.0, -ahead.x)), above = cross(ahead, right);
    float roll = 0.09 * (chance(43.0) - 0.5), lens = mix(0.62, 0.92, chance(31.0)) * mix(0.85, 1.0, wide);
    p = mat2(1.0, roll, -roll, 1.0) * p;
    p.x += mix(-0.26, 0.26, turn) * wide + 0.22 * (chance(47.0) - 0.5) * wide;
    vec3 ray = normalize(p.x * right + p.y * above + lens * ahead);

    // where the ray ends: the nearest of the box's sides
    vec3 side = sign(ray);
    vec3 reach = vec3((side.xy * room.xy - eye.xy) / ray.xy, (room.z - eye.z) / max(ray.z, 0.001));
    float far = min(reach.x, min(reach.y, reach.z));
    vec3 at = eye + ray * far;
    vec3 normal = reach.y <= far ? vec3(0.0, -side.y, 0.0) : vec3(0.0, 0.0, -1.0);
    if (reach.x <= far) normal = vec3(-side.x, 0.0, 0.0);
    vec2 on = normal.x != 0.0 ? at.zy : (normal.y != 0.0 ? at.xz : at.xy);
    float soft = 2.0 * pixel * far / lens / max(-dot(normal, ray), 0.2);

    // sun or moon, and what it and the sky send
    vec3 beam = mix(vec3(0.30, 0.60, 1.10), vec3(1.50, 0.66, 0.20), warmth) * mix(0.80, 4.2, light * light)
        * (1.0 + 0.06 * bass);
    vec3 sky = mix(vec3(0.16, 0.40, 0.86), vec3(1.05, 0.55, 0.26), warmth) * mix(0.38, 3.0, light);

    // walls of blocks, bricks or concrete with damp and peeling plaster; a floor of slabs
    bool is_floor = normal.y > 0.5;
    float kind = mix(decay, chance(5.0), 0.5);
    vec2 size = is_floor ? vec2(0.75) : (kind < 0.38 ? vec2(1.30, 0.85) : (kind < 0.58 ? vec2(0.46, 0.21) : vec2(0.23, 0.078)));
    vec3 block = stones(on + vec2(0.0, 10.0 + 3.0 * seed), size, soft);
    float octaves = clamp(-log2(soft * 3.0), 1.0, 4.0);
    float grain = fbm(on * 9.0 + 31.0 * seed + 7.0 * normal.xz, vec2(0.0), octaves);
    float damp = fbm(on * vec2(1.1, 0.6) + 5.0 + 19.0 * seed, vec2(0.0), 2.0);
    float plaster = is_floor ? 0.0 : smoothstep(0.04, -0.04, damp * 0.6 + 0.5 * grain
        + mix(-0.45, 0.5, decay) + mix(-0.25, 0.35, chance(53.0)));
    vec3 dark_stone = vec3(0.32), pale_stone = vec3(0.37);
    if (kind >= 0.38) {
        dark_stone = kind < 0.58 ? vec3(0.25, 0.235, 0.22) : vec3(0.26, 0.15, 0.11);
        pale_stone = kind < 0.58 ? vec3(0.36, 0.33, 0.29) : vec3(0.40, 0.25, 0.19);
    }
    vec3 stone = mix(dark_stone, pale_stone, block.y) * mix(0.40, 1.0, block.x);
    stone *= (0.85 + 0.9 * grain) * (1.0 - 0.25 * block.z);
    vec3 skin = mix(vec3(0.40, 0.40, 0.36), vec3(0.24, 0.33, 0.29), 0.6 * smoothstep(soft, -soft, at.y + 0.15)) * (0.9 + 0.35 * grain);
    vec3 surface = mix(stone, skin, plaster) * (1.0 - 0.50 * smoothstep(-0.1, 0.5, damp + 0.3 * decay - 0.12));
    if (is_floor) surface *= 0.8;

    // corners are dark; the light comes from the openings, from their patches, and from what both throw back
    vec3 gap = vec3(room.x - abs(at.x), room.y - abs(at.y), room.z - at.z);
    float corner = 1.0 - 0.6 * exp(-3.2 * min(gap.x + gap.y, min(gap.y + gap.z, gap.x + gap.z)));
    if (corridor) {  // the nearest of them
        float steps = clamp(floor((at.z - middle.x) / apart + 0.5), -others, others);
        pane.z += apart * steps;
        patch_at.z += apart * steps;
    }
    vec3 to_pane = pane - at, to_patch = patch_at - at;
    float from_pane = max(dot(normal, normalize(to_pane)), 0.0) * max(dot(normalize(to_pane), out_way), 0.0)
        / (0.35 + dot(to_pane, to_pane));
    float bounce = (0.3 + max(dot(normal, normalize(to_patch)), 0.0)) / (1.1 + dot(to_patch, to_patch));
    float direct = lit(at + normal * 0.002, 0.008 + 0.4 * soft) * max(dot(normal, to_sun), 0.0);
    vec3 lamp = sky * from_pane * 0.7 * (0.5 + opening.x) + beam * bounce * 0.16 * (1.0 + 0.3 * mid)
        + sky * mix(0.045, 0.070, light);
    vec3 seen = surface * (beam * direct * 2.4 + lamp) * corner;

    // the openings themselves: sky behind bars, deep reveals
    if (dot(normal, out_way) < -0.5) {
        vec2 d = on_wall(at) - middle;
        d.x -= apart * clamp(floor(d.x / apart + 0.5), -others, others);
        vec2 beyond = abs(d) - opening;
        float frame = max(beyond.x, beyond.y), inside = smoothstep(soft, -soft, frame);
        vec3 outside = sky * (1.1 + 0.4 * d.y) + beam * 0.25;
        seen = mix(seen, vec3(0.012) + surface * sky * 0.05, inside);
        seen = mix(seen, outside, grille(on_wall(at), soft));
        seen += sky * 0.16 * exp(-7.0 * length(max(beyond, 0.0))) * (1.0 - inside);
    } else if (corridor && normal.x != 0.0) {  // other cells, dark behind their doors
        vec2 door = cells(at, soft);
        seen = mix(seen, mix(surface * lamp * 0.10, vec3(0.20) * lamp + 0.05 * beam * direct, door.y), door.x);
    }

    // a bunk or a table against the end wall with a shadow under it, or a chain from the ceiling
    float thing = chance(59.0);
    if (!corridor && opening.y < 1.0 && thing < 0.6) {
        float t = (room.z - 0.75 - eye.z) / max(ray.z, 0.001), half_long = thing < 0.35 ? 1.0 : 0.45;
        vec3 b = eye + ray * t;
        b.y += room.y - (thing < 0.35 ? 0.56 : 0.80);
        vec2 slab = abs(vec2(b.x - mix(-1.0, 1.0, chance(61.0)) * (room.x - half_long), b.y)) - vec2(half_long, 0.055);
        float cover = smoothstep(soft, -soft, max(slab.x, slab.y)) * step(t, far);
        if (normal.z < -0.5 || is_floor) {
            float under = smoothstep(0.04, -0.46, b.y) * smoothstep(0.15, -0.1, slab.x) * step(b.y, 0.0);
            seen *= 1.0 - 0.75 * under * smoothstep(room.z - 0.9, room.z - 0.4, at.z);
        }
        vec3 cloth = vec3(0.20, 0.19, 0.18) * (0.8 + 0.5 * noise2(b.xy * 14.0));
        seen = mix(seen, cloth * (lamp + beam * 0.6 * lit(eye + ray * t, 0.008)) * (b.y > 0.03 ? 1.7 : 0.8), cover);
    } else if (thing > 0.8) {
        float t = (0.6 * room.z - eye.z) / max(ray.z, 0.001), link = 0.09;
        vec3 b = eye + ray * t;
        b.x -= mix(-0.6, 0.6, chance(61.0)) * room.x + 0.03 * sine(TIME * 0.8) * (room.y - b.y);
        float along = mod(b.y, 2.0 * link) - link, ring = abs(along) < 0.5 * link ? 0.030 : 0.014;
        float thick = abs(abs(b.x) - 0.6 * ring) - 0.4 * ring;
        float cover = smoothstep(soft, -soft, thick) * step(t, far) * step(-0.15 * room.y, b.y);
        seen = mix(seen, 0.05 * lamp + 0.12 * beam * lit(eye + ray * t, 0.008), cover);
    }

    // dust in the shafts, brightest towards the light, and motes where it finds them
    float toward = max(dot(ray, to_sun), 0.0);
    float glow = min(shafts(eye, ray, far), 2.0) * (0.8 + 1.2 * toward * toward * toward);
    vec2 drift = ray.xy * (3.0 + 1.3 * min(far, 5.0));
    float cloud = 0.7 + 1.2 * fbm(drift * 1.3, vec2(TIME * 0.50, -TIME * 0.36), 3.0) * (0.6 + 0.8 * energy);
    seen += beam * glow * cloud * mix(0.07, 0.34, dust) * (1.0 + 0.25 * bass);
    seen += (sky * 0.008 + beam * 0.005) * (0.4 + dust);
    for (int i = 1; i <= 2; i++) {
        float k = float(i), scale = 5.0 + 5.0 * k;
        vec2 grid = (p + 0.02 * vec2(sine(p.y * 8.0 + TIME * 0.5 + k), sine(p.x * 7.0 + TIME * 0.4))) * scale;
        grid += vec2(mod(TIME * 0.12, LATTICE), mod(TIME * 0.07 * k, LATTICE));
        float h = hash2(mod(floor(grid), LATTICE) + 30.0 * k);
        vec2 d = fract(grid) - 0.5 - 0.6 * (vec2(fract(h * 17.0), fract(h * 31.0)) - 0.5);
        float speck = max(0.016 + 0.012 * h, 1.2 * pixel * scale), depth = 1.2 + (corridor ? 7.0 : 3.0) * fract(h * 91.0);
        float there = lit(eye + ray * depth, 0.008) * step(depth, far);
        float glint = 0.6 + 0.4 * sine(TIME * (0.8 + 2.0 * h) + 40.0 * h) + treble;
        seen += beam * there * dust * step(fract(h * 53.0), 0.70) * glint * (0.6 + pulse) * exp(-dot(d, d) / (speck * speck));
    }

    // often the bars of a door between us and the cell, black, with the light along one edge; of some only a part is shut
    float front = mix(bars, chance(67.0), 0.5);
    if (!corridor && opening.y < 1.0 && front > 0.45) {
        float spread = mix(0.36, 0.20, bars) * mix(0.8, 1.25, chance(71.0)), stand = p.x + 0.10 + 0.9 * ahead.x;
        float thick = mix(0.014, 0.021, bars), high = mix(-0.36, 0.30, chance(73.0)) * extent.y / 0.5;
        float from_edge = p.x - (front > 0.62 ? -9.0 : mix(0.0, 0.6, chance(79.0)) * extent.x);
        float off = from_edge < 2.0 * thick ? from_edge : mod(stand, spread) - 0.5 * spread, across = off / thick;
        vec2 iron = vec2(abs(off) - thick, max(abs(p.y - high) - 0.022, -from_edge));
        float edge_light = iron.x < 0.0 ? smoothstep(-0.35, -0.85, across) : smoothstep(0.0, 0.02, p.y - high);
        float rust = 0.7 + 0.6 * noise2(p * vec2(30.0, 24.0));
        vec3 metal = vec3(0.006, 0.0055, 0.005) + vec3(0.05, 0.042, 0.036) * rust * (sky * 0.25 + beam * 0.12)
            * (0.25 + edge_light);
        seen = mix(seen, metal, smoothstep(1.5 * pixel, -1.5 * pixel, min(iron.x, iron.y)));
    }
    seen *= 1.0 - 0.40 * dot(screen, screen) / dot(extent, extent);
    gl_FragColor = vec4(curve(seen * 1.9) + dither(), 1.0);
}
