/** Formats that were considered and left out, demuxers and codecs. A test checks that none of these names is accepted. */
export const EXCLUDED: Readonly<Record<string, string>> = {
  hls: "opens the files and URLs in its playlist",
  dash: "opens the files and URLs in its manifest",
  concat: "opens the files in its script",
  imf: "opens the files in its composition",
  image2: "opens every file that matches a pattern",
  png_pipe: "a single image is not a video",
  jpeg_pipe: "a single image is not a video",
  vobsub: "opens a second file beside the first",
  sdp: "opens network connections",
  rtsp: "opens network connections",
  avisynth: "runs a script",
  vapoursynth: "runs a script",
  lavfi: "runs a filter graph, which can read files",
  sbg: "a script that makes sounds",
  swf: "a program; its frames are rarely complete without running it",
  libopenmpt: "music modules are programs for a synthesizer",
  bink: "a game format with one decoder that few have reviewed",
  smacker: "a game format with one decoder that few have reviewed",
  g2m: "a meeting recorder's format with a history of memory errors",
  ape: "in no accepted container; hardly any recording is in its own",
  tak: "in no accepted container; hardly any recording is in its own",
  atrac1: "in no accepted container; its own is that of the MiniDisc",
  pcm_lxf: "in no accepted container; its own is that of one video server",
  pcm_s24daud: "in no accepted container; its own is that of early digital cinema",
  wtv: "recordings of Windows Media Center, in a file system of their own that few have reviewed",
  gxf: "a broadcast exchange format that MXF has replaced",
  nsv: "a streaming format that ended with its only player",
  roq: "a game format with one decoder that few have reviewed",
  eac3_core: "not a codec of its own",
  ansi: "text that is drawn; its decoder reads unbounded sequences",
  exr: "float images with many compressions; a video made of them is beyond the memory limits",
};

/** Names of demuxers by the reason that they share. The codec of the same name may be accepted in other containers. */
const GROUPS: Readonly<Record<string, string>> = {
  "an image, or a sequence of them, which is no video": `
    alias_pix bmp_pipe brender_pix cri_pipe dds_pipe dpx_pipe exr_pipe fits gem_pipe gif_pipe hdr_pipe ico
    image2pipe j2k_pipe jpegls_pipe jpegxl_anim jpegxl_pipe pam_pipe pbm_pipe pcx_pipe pfm_pipe pgm_pipe
    pgmyuv_pipe pgx_pipe phm_pipe photocd_pipe pictor_pipe ppm_pipe psd_pipe qdraw_pipe qoi_pipe sgi_pipe
    sunrast_pipe svg_pipe tiff_pipe txd vbn_pipe webp_pipe xbm_pipe xpm_pipe xwd_pipe
  `,
  "captions without a video; the studio takes them as files of their own": `
    aqtitle ass dvbsub dvbtxt jacosub lrc mcc microdvd mpl2 mpsub pjs rcwt realtext sami scc srt stl subviewer
    subviewer1 sup tedcaptions vplayer webvtt
  `,
  "raw samples, whose rate and channels nobody knows": `
    alaw bit bitpacked data f32be f32le f64be f64le mulaw rawvideo s16be s16le s24be s24le s32be s32le s8 u16be
    u16le u24be u24le u32be u32le u8 v210 v210x vidc
  `,
  "a device of the computer, or a connection": `
    alsa dvdvideo fbdev iec61883 jack kmsgrab libcdio libdc1394 openal oss pulse rtp sap sndio video4linux2
    x11grab
  `,
  "the stream of a camera, a telephone or a disc without the container that every recorder writes around it": `
    ac4 amrnb amrwb aptx aptx_hd avs avs2 avs3 cavsvideo codec2 codec2raw dfpwm dirac dnxhd dts dtshd evc g722 g723_1
    g726 g726le g729 gsm h261 h263 ilbc ingenient ipu lc3 live_flv loas mjpeg mjpeg_2000 mlp mpegtsraw mpjpeg
    s337m sbc smjpeg spdif truehd vc1 vc1test
  `,
  "an audio format that WAV, AIFF, FLAC or AAC has replaced, and that few have reviewed": `
    aa aax ace act aea apac apc au avr binka boa bonk daud dsf dss epaf iamf iff ircam laf mmf mpc mpc8 msf musx
    nistsphere nsp oma osq paf pvf qcp qoa rka rso sdns sds shn siff sln sol sox tty voc vqf wady wavarc wsd wve xmd xwma
  `,
  "the format of one game, console or old program, with a decoder that few have reviewed": `
    3dostr 4xm acm adf adp ads adx afc aix alp anm apm argo_asf argo_brp argo_cvg ast bethsoftvid bfi bfstm bin
    bmv brstm c93 cdg cdxl cine dcstr derf dfa dsicin dxa ea ea_cdata film_cpk filmstrip flic frm fsb fwse gdv
    genh hca hcom hnm idcin idf ipmovie iss iv8 jv kvag libgme lmlm4 luodat lvf mca mgsts mm mods moflex msnwctcp
    msp mtaf mtv mv mvi mxg nc pdv pmp pp_bnk psxstr redspark rl2 rpl rsd scd sdr2 sdx ser sga simbiosis_imx smk
    smush svag svs thp tiertexseq tmv usm vag vividas vivo vmd vpk wc3movie wsaud wsvqa xa xbin xmv xvag yop
  `,
  "the recorder of one maker, whose own program exports MP4, MOV or MXF": `
    dhav ifv ivr kux lxf mlv nuv pva r3d ty
  `,
  "a second reader of a container that is accepted": `
    asf_o av1 ffmetadata webm_dash_manifest
  `,
};

/** Why no other demuxer of the ffmpegs that we know is accepted. */
export const EXCLUDED_DEMUXERS: ReadonlyMap<string, string> = new Map(
  Object.entries(GROUPS).flatMap(([reason, names]) =>
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, reason] as const),
  ),
);
