// The part of @napi-rs/image that is used here, with kinds of colours as plain numbers: 0 is grey, 1 grey with opacity,
// 2 red, green and blue, 3 these with opacity, of 8 bits each; from 4 on they are deeper.
declare module '@napi-rs/image' {
  export class Transformer {
    constructor(bytes: Uint8Array);
    static fromRgbaPixels(pixels: Uint8Array, width: number, height: number): Transformer;
    metadataSync(): { readonly width: number; readonly height: number; readonly colorType: number };
    resize(options: { readonly width: number; readonly height: number; readonly fit: number }): this;
    rawPixelsSync(): Uint8Array;
    jpegSync(quality: number): Uint8Array;
  }
  export const ResizeFit: { readonly Fill: number };
}
