/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A cell: one barred window high in the wall, its light through the dust, its grid on the floor.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
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

// The room, in metres: x to the right, y up, z away from the eye. The window is in the left wall, high up.
const vec3 ROOM = vec3(1.9, 1.45, 5.2);   // half width, half height, depth of the end wall
const vec3 EYE = vec3(0.55, -0.05, 0.0);
#define WINDOW vec2(2.75 + 1.25 * fract(7.0 * seed), 0.40 + 0.40 * fract(13.0 * seed))  // z and y of its middle
const vec2 OPENING = vec2(0.62, 0.48);     // half its width and height

// How much of the window a ray through (z, y) of its wall finds open; `soft`: how blurred the bars are.
float grille(vec2 at, float soft) {
    vec2 d = at - WINDOW, edge = smoothstep(OPENING + soft, OPENING - soft, abs(d));
    float count = floor(3.0 + 3.0 * bars) * 2.0 + 1.0, pitch = 2.0 * OPENING.x / count;
    float upright = abs(mod(d.x + 0.5 * pitch * mod(count + 1.0, 2.0), pitch) - 0.5 * pitch);
    float bar = pitch * mix(0.16, 0.24, bars);
    float open = smoothstep(bar - soft, bar + soft, upright);
    open *= smoothstep(0.028 - soft, 0.028 + soft, abs(abs(d.y) - 0.16));
    return edge.x * edge.y * open;
}

// Light that reaches `at` through the window.
float lit(vec3 at, vec3 to_sun) {
    float way = (at.x + ROOM.x) / -to_sun.x;
    vec3 hit = at + to_sun * way;
    return grille(hit.zy, 0.008 + 0.012 * way) * step(0.0, way);
}

// Stones in courses: x: mortar 0, stone 1; y: a number of the stone; z: its slope to light from above.
vec3 stones(vec2 at, vec2 size, float soft) {
    vec2 q = at / size;
    float course = floor(q.y);
    q.x += 0.5 * mod(course, 2.0) + 0.23 * hash1(mod(course, LATTICE));
    vec2 f = fract(q), inside = min(f, 1.0 - f) * size;
    float h = hash2(mod(vec2(floor(q.x), course) + 40.0, LATTICE));
    float joint = min(inside.x, inside.y) - 0.012 + 0.012 * noise2(at * 19.0);
    return vec3(smoothstep(-soft, 0.014 + soft, joint), h, f.y - 0.5);
}

void main() {
    float pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE * pixel, extent = 0.5 * RENDERSIZE * pixel;
    p.x *= fract(3.0 * seed) < 0.5 ? -1.0 : 1.0;  // the window is to the left or to the right
    float wide = extent.x / extent.y, lens = mix(1.0, 0.80, smoothstep(0.6, 1.8, wide));
    float yaw = mix(-0.42, 0.05, turn) * smoothstep(0.4, 1.4, wide) - 0.35 * smoothstep(1.4, 0.4, wide)
        + 0.050 * sine(TIME * 0.37);
    vec3 ray = normalize(vec3(p.x, p.y + 0.012 * sine(TIME * 0.43), lens));
    ray.xz = mat2(cosine(yaw), -sine(yaw), sine(yaw), cosine(yaw)) * ray.xz;

    // where the ray ends: the nearest of the box's sides
    vec3 side = sign(ray);
    vec3 reach = vec3((side.xy * ROOM.xy - EYE.xy) / ray.xy, (ROOM.z - EYE.z) / max(ray.z, 0.001));
    float far = min(reach.x, min(reach.y, reach.z));
    vec3 at = EYE + ray * far;
    vec3 normal = reach.y <= far ? vec3(0.0, -side.y, 0.0) : vec3(0.0, 0.0, -1.0);
    if (reach.x <= far) normal = vec3(-side.x, 0.0, 0.0);
    vec2 on = normal.x != 0.0 ? at.zy : (normal.y != 0.0 ? at.xz : at.xy);
    float soft = 2.0 * pixel * far / lens / max(-dot(normal, ray), 0.2);

    // sun or moon, and what it and the sky send
    float tall = mix(0.35, 0.95, sun_height);
    vec3 to_sun = normalize(vec3(-1.0, tall, 0.22 * sine(0.05 * TIME + 6.28 * seed) - 0.05));
    vec3 beam = mix(vec3(0.42, 0.62, 1.0), vec3(1.25, 0.72, 0.34), warmth) * mix(0.32, 4.0, light * light)
        * (1.0 + 0.06 * bass);
    vec3 sky = mix(vec3(0.25, 0.42, 0.75), vec3(0.85, 0.62, 0.45), warmth) * mix(0.20, 3.0, light);

    // walls of stone with damp and peeling plaster, a floor of slabs
    bool is_floor = normal.y > 0.5;
    vec3 block = stones(on + vec2(0.0, 10.0 + 3.0 * seed), is_floor ? vec2(0.75, 0.75) : vec2(0.46, 0.21), soft);
    float octaves = clamp(-log2(soft * 3.0), 1.0, 5.0);
    float grain = fbm(on * 9.0 + 31.0 * seed + 7.0 * normal.xz, vec2(0.0), octaves);
    float damp = fbm(on * vec2(1.1, 0.6) + 5.0 + 19.0 * seed, vec2(0.0), 3.0);
    float plaster = is_floor ? 0.0 : smoothstep(0.04, -0.04, fbm(on * 1.7 + 9.0 * seed, vec2(0.0), min(octaves, 4.0))
        + mix(-0.45, 0.5, decay));
    vec3 stone = mix(vec3(0.25, 0.235, 0.22), vec3(0.36, 0.33, 0.29), block.y) * mix(0.35, 1.0, block.x);
    stone *= (0.85 + 0.9 * grain) * (1.0 - 0.25 * block.z);
    vec3 skin = mix(vec3(0.36, 0.37, 0.33), vec3(0.24, 0.33, 0.29), 0.6 * step(at.y, -0.15)) * (0.9 + 0.35 * grain);
    vec3 surface = mix(stone, skin, plaster) * (1.0 - 0.55 * smoothstep(-0.1, 0.5, damp + 0.3 * decay - 0.12));
    if (is_floor) surface *= 0.75;

    // corners are dark; the light comes from the window, from its patch, and from what both throw back
    vec3 room = vec3(ROOM.x - abs(at.x), ROOM.y - abs(at.y), ROOM.z - at.z);
    float corner = 1.0;
    corner *= 1.0 - 0.6 * exp(-3.2 * min(room.x + room.y, min(room.y + room.z, room.x + room.z)));
    vec3 pane = vec3(-ROOM.x, WINDOW.y, WINDOW.x), to_pane = pane - at;
    float from_pane = max(dot(normal, normalize(to_pane)), 0.0)
        * max(normalize(-to_pane).x, 0.0) / (0.35 + dot(to_pane, to_pane));
    float fall = (WINDOW.y + ROOM.y) / tall;
    vec3 patch_at = vec3(min(-ROOM.x + fall, ROOM.x), max(-ROOM.y, WINDOW.y - 2.0 * ROOM.x * tall), WINDOW.x);
    vec3 to_patch = patch_at - at;
    float bounce = (0.3 + max(dot(normal, normalize(to_patch)), 0.0)) / (1.1 + dot(to_patch, to_patch));
    float facing = max(dot(normal, to_sun), 0.0);
    float direct = lit(at + normal * 0.002, to_sun) * facing;
    vec3 seen = surface * (beam * direct * 2.2 + sky * from_pane * 0.5 + beam * bounce * 0.10 * (1.0 + 0.3 * mid)
        + sky * mix(0.008, 0.055, light)) * corner;

    // the window itself: sky behind bars, deep reveals
    if (normal.x > 0.5) {
        vec2 d = abs(at.zy - WINDOW) - OPENING;
        float frame = max(d.x, d.y);
        float hole = grille(at.zy, soft), inside = smoothstep(soft, -soft, frame);
        vec3 outside = sky * (1.1 + 0.5 * (at.y - WINDOW.y)) + beam * 0.25;
        seen = mix(seen, vec3(0.012) + surface * sky * 0.05, inside);
        seen = mix(seen, outside, hole);
        seen += sky * 0.16 * exp(-7.0 * max(frame, 0.0)) * (1.0 - inside);
    }
    // a bunk against the end wall, a bowl of shadow under it
    if (normal.z < -0.5 || is_floor) {
        float z_hit = ROOM.z - 0.75, t = (z_hit - EYE.z) / max(ray.z, 0.001);
        vec3 b = EYE + ray * t;
        vec2 slab = abs(vec2(b.x - 0.9, b.y + 0.86)) - vec2(1.0, 0.055);
        float cover = smoothstep(soft, -soft, max(slab.x, slab.y)) * step(t, far);
        float under = smoothstep(0.0, -0.5, b.y + 0.9) * smoothstep(0.15, -0.1, slab.x) * step(b.y, -0.86);
        seen *= 1.0 - 0.75 * under * smoothstep(ROOM.z - 0.9, ROOM.z - 0.4, at.z);
        vec3 cloth = vec3(0.20, 0.19, 0.18) * (0.8 + 0.5 * noise2(b.xy * 14.0));
        vec3 on_bunk = cloth * (sky * 0.07 + beam * (0.05 / (0.6 + dot(b - patch_at, b - patch_at)) + 0.6 * lit(b, to_sun)));
        seen = mix(seen, on_bunk * (b.y > -0.83 ? 1.7 : 0.8), cover);
    }

    // dust: seen from the sun every point lies somewhere in the window; the ray crosses it on a straight line
    vec2 from = EYE.zy + to_sun.zy * (EYE.x + ROOM.x) / -to_sun.x, along = ray.zy + to_sun.zy * ray.x / -to_sun.x;
    vec2 cross_a = (WINDOW - OPENING - from) / along, cross_b = (WINDOW + OPENING - from) / along;
    float enter = max(max(min(cross_a.x, cross_b.x), min(cross_a.y, cross_b.y)), 0.0);
    float leave = min(min(max(cross_a.x, cross_b.x), max(cross_a.y, cross_b.y)), far);
    float glow = 0.0;
    for (int i = 0; i < 9; i++) {
        if (leave <= enter) break;
        float t = mix(enter, leave, (float(i) + 0.5) / 9.0);
        glow += grille(from + along * t, 0.02 + 0.5 * abs(along.x) * (leave - enter) / 9.0) * exp(-0.55 * (EYE + ray * t).x);
    }
    glow *= max(leave - enter, 0.0) / 9.0;
    vec2 drift = at.xy * 1.3 + ray.xy * 3.0;
    float cloud = 0.7 + 1.2 * fbm(drift * 1.4, vec2(TIME * 0.50, -TIME * 0.36), 3.0) * (0.6 + 0.8 * energy);
    seen += beam * glow * cloud * mix(0.03, 0.20, dust) * (1.0 + 0.25 * bass);
    seen += (sky * 0.006 + beam * 0.004) * (0.4 + dust);

    // motes that show where the beam finds them
    for (int i = 1; i <= 3; i++) {
        float k = float(i), scale = 5.0 + 4.0 * k;
        vec2 grid = (p + 0.02 * vec2(sine(p.y * 8.0 + TIME * 0.5 + k), sine(p.x * 7.0 + TIME * 0.4))) * scale;
        grid += vec2(mod(TIME * 0.12, LATTICE), mod(TIME * 0.07 * k, LATTICE));
        float h = hash2(mod(floor(grid), LATTICE) + 30.0 * k);
        vec2 d = fract(grid) - 0.5 - 0.6 * (vec2(fract(h * 17.0), fract(h * 31.0)) - 0.5);
        float size = max(0.016 + 0.012 * h, 1.2 * pixel * scale), depth = 1.2 + 2.8 * fract(h * 91.0);
        float there = lit(EYE + ray * depth, to_sun) * step(depth, far);
        float glint = 0.6 + 0.4 * sine(TIME * (0.8 + 2.0 * h) + 40.0 * h) + treble;
        seen += beam * there * dust * step(fract(h * 53.0), 0.55) * glint * (0.6 + pulse) * exp(-dot(d, d) / (size * size));
    }
    // between us and the cell the bars of its door, black, with the window's light along one edge
    float apart = mix(0.34, 0.20, bars), stand = p.x + 0.10 + 0.9 * (yaw + 0.2), thick = mix(0.014, 0.021, bars);
    vec2 iron = vec2(abs(mod(stand, apart) - 0.5 * apart) - thick, abs(p.y + 0.30 * extent.y / 0.5) - 0.022);
    float across = (mod(stand, apart) - 0.5 * apart) / thick;
    float edge_light = iron.x < 0.0 ? smoothstep(-0.35, -0.85, across) : 0.0;
    float rust = 0.7 + 0.6 * noise2(p * vec2(30.0, 24.0)), over = smoothstep(0.0, 0.02, p.y + 0.30 * extent.y / 0.5);
    vec3 metal = vec3(0.006, 0.0055, 0.005) + vec3(0.05, 0.042, 0.036) * rust * (sky * 0.25 + beam * 0.12)
        * (0.25 + (iron.x < 0.0 ? edge_light : over));
    seen = mix(seen, metal, smoothstep(1.5 * pixel, -1.5 * pixel, min(iron.x, iron.y)));
    seen *= 1.0 - 0.45 * dot(p, p) / dot(extent, extent);
    gl_FragColor = vec4(curve(seen * 1.7) + dither(), 1.0);
}
