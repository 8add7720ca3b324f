/* What `TurboJpeg` calls of libjpeg-turbo's TurboJPEG API, as its documentation declares it since version 1.4: an app links the library,
 * and this package needs no copy of its header. https://libjpeg-turbo.org/Documentation/Documentation */
#ifndef UNFILTER_TURBOJPEG_CALLS_H
#define UNFILTER_TURBOJPEG_CALLS_H

typedef void *tjhandle;

enum { UNFILTER_TJPF_RGB = 0, UNFILTER_TJSAMP_420 = 2, UNFILTER_TJFLAG_ACCURATEDCT = 4096 };
enum { UNFILTER_TJFLAG_FASTUPSAMPLE = 256, UNFILTER_TJFLAG_FASTDCT = 2048 };

tjhandle tjInitDecompress(void);
tjhandle tjInitCompress(void);
int tjDestroy(tjhandle handle);
int tjDecompressHeader3(
    tjhandle handle, const unsigned char *file, unsigned long size, int *width, int *height, int *subsampling, int *colourspace);
int tjDecompress2(
    tjhandle handle, const unsigned char *file, unsigned long size, unsigned char *pixels, int width, int pitch, int height,
    int format, int flags);
int tjCompress2(
    tjhandle handle, const unsigned char *pixels, int width, int pitch, int height, int format, unsigned char **file,
    unsigned long *size, int subsampling, int quality, int flags);
void tjFree(unsigned char *file);
char *tjGetErrorStr2(tjhandle handle);

#endif
