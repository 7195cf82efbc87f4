import { describe, expect, test } from 'vitest';
import { layoutType } from './type-layout.js';

describe('layoutType', () => {
  test('leaves a type that fits on one line', () => {
    expect(layoutType('<a=float32[2,3],b=int32>', 0, 40)).toBe('<a=float32[2,3],b=int32>');
  });

  test('breaks a long struct that is placed, and keeps what is said of it', () => {
    const text = '<all=<a=float32[2,3],b=float32>@SERVER revealing,mean=float32@SERVER>';
    expect(layoutType(text, 0, 30)).toBe(
      [
        '<',
        '  all=<',
        '    a=float32[2,3],',
        '    b=float32',
        '  >@SERVER revealing,',
        '  mean=float32@SERVER',
        '>',
      ].join('\n'),
    );
  });

  test('breaks a long struct by fields, and inner ones only where they do not fit either', () => {
    const text = '<model=<kernel=float32[784,200],bias=float32[200]>,small=<a=int32,b=int32>,n=int32>*';
    expect(layoutType(text, 2, 40)).toBe(
      [
        '<',
        '    model=<',
        '      kernel=float32[784,200],',
        '      bias=float32[200]',
        '    >,',
        '    small=<a=int32,b=int32>,',
        '    n=int32',
        '  >*',
      ].join('\n'),
    );
  });
});
