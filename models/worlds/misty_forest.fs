/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A forest in mist: firs and trunks pale with distance, and shafts of light fall between them.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "light", "LABEL": "Light (dusk to morning sun)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "haze", "LABEL": "Mist", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "warmth", "LABEL": "Warmth of the light", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "shafts", "LABEL": "Shafts of light", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "density", "LABEL": "Trees", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "palette", "LABEL": "Season (blue dusk, green, autumn)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "gloom", "LABEL": "Gloom", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.15},
    {"NAME": "wind", "LABEL": "Wind", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "height", "LABEL": "Height of the sun", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
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

// ---- the forest ----
float pixel;

// Firs of one row, 1 inside: a thin stem, boughs that droop in tiers, twigs and needles at their ends, and gaps between
// them. `p.y` is over the ground.
float firs(vec2 p, float tall, float key, float soft) {
    float wide = 0.30 * tall, cell = floor(p.x / wide), inside = 0.0;
    vec2 twig = p / tall;
    float ragged = value2(twig * vec2(30.0, 44.0) + key), needles = value2(twig * vec2(95.0, 130.0) + key + 7.0);
    float fringe = 0.65 * ragged + 0.35 * mix(0.5, needles, smoothstep(0.012, 0.004, soft / tall)) - 0.5;
    for (int i = -1; i <= 1; i++) {
        float c = cell + float(i), r = hash1(c * 1.3 + key), centre = (c + 0.15 + 0.7 * hash1(c + key + 51.0)) * wide;
        float grown = tall * (0.45 + 0.6 * r) * step(hash1(c + key + 23.0), 0.35 + 0.65 * density) + 0.0001;
        float off = abs(p.x - centre + 0.004 * sine(TIME * (0.6 + 0.3 * r) + r * 30.0) * wind * (1.0 + bass) * p.y / tall),
            v = p.y / grown;
        float tier = fract(v * (17.0 + 6.0 * r) + 11.0 * off / grown + 0.5 * step(centre, p.x) + 0.35 * fringe + 7.0 * r);
        float hem = min(1.0 - tier, tier * 5.0);  // long below, drawn in where the next tier begins
        float crown = pow(max(1.0 - v, 0.0), 0.85) * smoothstep(0.0, 0.14, v - 0.05 - 0.05 * r);
        float reach = crown * (0.105 + 0.05 * r + 0.075 * hem + 0.10 * fringe), stem = 0.006 + 0.012 * max(1.0 - v, 0.0);
        float edge = max(soft, 0.011 * grown * crown);  // needles let some light through
        float gaps = smoothstep(0.0, 0.5, 0.30 * tier + 0.45 - needles * 0.6 - 0.4 * ragged);
        float green_of = smoothstep(edge, -edge, off - grown * reach) * (1.0 - 0.22 * gaps);
        inside = max(inside, max(green_of, smoothstep(soft, -soft, off - grown * stem)) * smoothstep(1.0, 0.97, v));
    }
    return inside;
}

// Near trunks: covered (x), place across the trunk -1..1 (y), and which (z).
vec3 trunks(vec2 p, float wide, float key, float soft) {
    float cell = floor(p.x / wide);
    vec3 found = vec3(0.0);
    for (int i = -1; i <= 1; i++) {
        float c = cell + float(i), r = hash1(c + key), lean = (hash1(c + key + 3.0) - 0.5) * 0.10;
        float centre = (c + 0.5 + 0.6 * (r - 0.5)) * wide + lean * p.y + 0.006 * sine(p.y * 9.0 + r * 20.0);
        float thick = wide * (0.09 + 0.10 * hash1(c + key + 7.0)) * (1.0 + 0.7 * exp(-max(p.y, 0.0) * 14.0) - 0.12 * p.y);
        thick *= step(hash1(c + key + 11.0), 0.30 + 0.6 * density);
        float across = (p.x - centre) / max(thick, 0.0001),
            inside = smoothstep(soft, -soft, abs(p.x - centre) - thick) * step(0.0001, thick);
        if (inside > found.x) found = vec3(inside, across, r);
    }
    return found;
}

void main() {
    vec2 half_size = 0.5 * RENDERSIZE / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * 2.0 * half_size;
    pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    float place = seed * 97.0, floor_y = -half_size.y * 0.46, up = p.y - floor_y;

    // Colours: the sun in the mist, the mist's own, and what grows.
    float sunny = light * (1.0 - 0.8 * gloom), autumn = smoothstep(0.55, 1.0, palette), dusk = smoothstep(0.45, 0.0, palette);
    vec3 gold = mix(vec3(0.95, 0.97, 0.92), vec3(1.15, 0.74, 0.34), warmth) * mix(vec3(1.0), vec3(0.62, 0.78, 1.15), dusk);
    vec3 mist = mix(vec3(0.42, 0.50, 0.47), vec3(0.55, 0.44, 0.32), autumn * 0.7 + 0.3 * warmth * sunny);
    mist = mix(mist, vec3(0.26, 0.36, 0.50), dusk) * mix(0.30, 1.0, light);
    mist = mix(mist, vec3(dot(mist, vec3(0.33))) * vec3(0.92, 0.98, 1.04), gloom * 0.85) * mix(1.0, 0.65, gloom);
    vec3 green = mix(vec3(0.030, 0.060, 0.026), vec3(0.115, 0.055, 0.014), autumn);
    green = mix(green, vec3(0.020, 0.040, 0.050), dusk) * (1.0 - 0.4 * gloom);
    vec2 sun = vec2(half_size.x * 0.45 * sine(place * 0.7 + 0.6), half_size.y * mix(0.22, 0.80, height));
    vec2 ray = p - sun;
    float from_sun = length(ray);

    // Light in the mist, and banks of it that drift.
    float glow = 0.50 / (1.0 + from_sun * from_sun * 7.0) + 0.045 / (from_sun * from_sun + 0.035);
    vec2 bank_at = vec2(p.x * 1.5 - TIME * 0.065 + place, p.y * 3.2 + TIME * 0.022);
    float bank = fbm(bank_at + (fbm(bank_at * 0.8, 3.0) - 0.5) * 1.3, 5.0);
    vec3 back = mist * (0.72 + 0.55 * bank) + gold * glow * sunny * 1.15;
    vec3 c = back * (1.0 + 0.25 * up);

    // Rows of firs, each nearer, darker and larger; mist lies between them.
    float thick_mist = mix(0.30, 0.95, haze);
    for (int i = 0; i < 4; i++) {
        float k = float(i), near = k / 3.0, tall = mix(0.30, 1.30, near * near * 0.7 + 0.3 * near) * (0.7 + 0.5 * half_size.y);
        float ground = 0.20 - 0.15 * near + 0.05 * sine(p.x * (2.0 + k) + place + k * 2.0);
        vec2 at = vec2(p.x + place * (1.0 + 0.3 * k) + TIME * 0.0060 * (1.0 + 2.0 * near), up - ground);
        float tree = firs(at, tall, k * 37.0, pixel * (1.5 - 0.4 * near) + 0.0012);
        float pale = thick_mist * mix(0.93, 0.35, near), foot = exp(-max(at.y, 0.0) * mix(9.0, 5.0, near) / (0.3 + haze));
        vec3 tint = green * (0.5 + 1.1 * mist + gold * glow * sunny * 0.7);
        vec3 seen = mix(tint, back, clamp(pale + (0.55 + 0.6 * (bank - 0.5)) * foot * (0.4 + 0.6 * haze), 0.0, 0.97));
        float cover = max(tree, smoothstep(0.012, -0.012, at.y));
        c = mix(c, seen, cover);
        back = mix(back, mist * (0.62 + 0.5 * bank) + gold * glow * sunny * 0.8, 0.4);
    }

    // Shafts: bands around the sun, cut by the trees' crowns, wandering slowly, strongest where mist is.
    float turn = ray.x / (abs(ray.y) + 0.10 + 0.25 * from_sun) * 3.4;
    float bands = fbm(vec2(turn * 1.7 + place + TIME * 0.03, TIME * 0.05), 3.0) * 0.65
        + 0.35 * value2(vec2(turn * 6.5 - TIME * 0.05, 7.0 + TIME * 0.07));
    float falling = smoothstep(0.02, -0.30, ray.y) * smoothstep(1.6, 0.1, from_sun) * smoothstep(-0.12, 0.2, up);
    float beams = smoothstep(0.46 - 0.04 * bass, 0.74, bands) * falling * shafts * (0.6 + 0.5 * sunny);
    vec3 beam_light = gold * mix(0.25, 1.0, sunny) * (0.55 + 0.25 * mid);
    c += beam_light * beams * (0.35 + 0.8 * bank) * mix(0.6, 1.0, haze);

    // The ground: moss and ferns, patches of light where shafts end.
    float below = max(0.09 + 0.03 * sine(p.x * 3.0 + place) - up, 0.0), far = 0.50 / (below + 0.24);
    vec2 q = vec2((p.x + TIME * 0.020) * far, 1.3 * far) * 5.0 + place;
    float fine = clamp(-log2(far * far * pixel * 6.0), 0.0, 6.0);
    float moss = fbm(q * 1.3, min(fine + 1.0, 6.0)), leaf = fbm(q * 4.3 + moss * 2.0, fine);
    // ferns stand up from the moss: tufts that grow with nearness, their tips in the light
    vec2 tuft_at = vec2((p.x + TIME * 0.020) * 26.0 * sqrt(far) + place, 9.0 * far);
    float bent = 3.0 * leaf + 0.3 * sine(TIME * 1.3 + tuft_at.x) * wind;
    float tufts = value2(vec2(tuft_at.x * 3.1 + bent, tuft_at.y * 0.8 + 2.0 * moss))
        * value2(tuft_at * vec2(0.25, 0.6) + 5.0);
    vec3 ground_colour = green * (0.30 + 1.9 * moss * leaf + 2.3 * tufts * smoothstep(0.25, 0.7, moss))
        * (0.30 + 1.1 * mist + gold * sunny
        * (0.35 * glow + 1.3 * beams * smoothstep(0.3, 0.6, moss) + 1.5 * smoothstep(0.55, 0.75, bands) * shafts
        * exp(-abs(ray.x) * 2.0 - below * 9.0) * smoothstep(0.35, 0.65, moss)));
    float ground_mist = clamp(thick_mist * exp(-below * 6.0) * (0.45 + 0.8 * bank), 0.0, 0.95);
    c = mix(c, mix(ground_colour, back, ground_mist), smoothstep(0.0, 0.02, below));

    // Near trunks frame it; bark, and a rim of light on the side of the sun.
    vec2 at = vec2(p.x + place * 0.37 + TIME * 0.020, up + 0.12);
    vec3 trunk = trunks(at, 0.52, 3.0, pixel * 1.5);
    trunk.x *= smoothstep(-0.05, -0.02, at.y - 0.05 + 0.05 * abs(trunk.y));
    float bark = fbm(vec2(trunk.y * 3.0 + trunk.z * 40.0, at.y * 5.0)
        + vec2(0.0, fbm(vec2(trunk.y * 5.0, at.y * 9.0), trunk.x > 0.0 ? 2.0 : 0.0) * 1.2), trunk.x > 0.0 ? 4.0 : 0.0);
    float cracks = smoothstep(0.25, 0.7, bark), rim = smoothstep(0.35, 1.0, trunk.y * sign(sun.x - p.x)) * glow;
    vec3 wood = mix(vec3(0.030, 0.026, 0.023), green * 0.9, smoothstep(0.45, 0.7, bark) * 0.5) * (0.35 + 0.8 * cracks);
    wood *= 0.4 + 1.4 * mist * (1.0 - 0.5 * trunk.y * trunk.y) + gold * sunny * rim * 5.0;
    c = mix(c, mix(wood, back, 0.20 * thick_mist + 0.35 * haze * exp(-max(at.y, 0.0) * 7.0) * bank), trunk.x);

    // Dust and insects in the light.
    vec2 mote_at = p * 13.0 + vec2(TIME * 0.10 + 0.3 * sine(TIME * 0.4 + p.y * 5.0), -TIME * 0.06), mote_cell = floor(mote_at);
    float r = hash2(mote_cell + 5.0), mote = length(mote_at - mote_cell - 0.25 - 0.5 * vec2(fract(r * 71.0), fract(r * 133.0)));
    mote = smoothstep(max(0.10, 26.0 * pixel), 0.0, mote) * step(0.62, r) * (0.5 + 0.5 * sine(TIME * (1.0 + r * 2.0) + r * 50.0));
    c += gold * mote * (0.10 + 0.5 * beams + 0.25 * glow) * sunny * (0.1 + 0.5 * energy + treble + 0.4 * pulse);
    float edge = dot(p, p) / dot(half_size, half_size);
    c = curve(max(c, 0.0) * (1.15 - 0.45 * edge) * mix(1.9, 1.15, light));
    gl_FragColor = vec4(c + dither(gl_FragCoord.xy), 1.0);
}
