"""Law: what is written is read back; PNG, WebP and HEIC exactly, JPEG with full chroma; a failure leaves nothing."""

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms, JpegImagePlugin

from unfilter.errors import PhotoError
from unfilter.photo import Codec, Photo, Tag, codec_of, heic, png, read_photo, write, write_photo
from unfilter.proof.fidelity import psnr

NOISE = np.random.default_rng(0).integers(0, 256, (9, 14, 3), dtype=np.uint8)
TAG = Tag(filter="l0", restoration="a" * 64, codec="png")
XMP = '<x><rdf:RDF><rdf:Description dc:title="Zürich"/></rdf:RDF></x>'
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

EXACT = ["p.png", "p.webp", pytest.param("p.heic", marks=pytest.mark.skipif(not find_spec("pillow_heif"), reason="no HEIC"))]


@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (9, 14)])
def test_an_exact_carrier_keeps_every_pixel(tmp_path: Path, size: tuple[int, int], name: str) -> None:
    pixels = NOISE[: size[0], : size[1]]
    write_photo(tmp_path / name, Photo(pixels))
    np.testing.assert_array_equal(read_photo(tmp_path / name).pixels, pixels)


@pytest.mark.parametrize("name", EXACT)
def test_a_real_photo_survives_an_exact_carrier(tmp_path: Path, chelsea: NDArray[np.uint8], name: str) -> None:
    write_photo(tmp_path / name, Photo(chelsea))
    np.testing.assert_array_equal(read_photo(tmp_path / name).pixels, chelsea)


@pytest.mark.slow
@pytest.mark.skipif(not find_spec("pillow_heif"), reason="pillow-heif is not installed")
def test_heic_of_more_than_a_slice_holds_is_exact(tmp_path: Path) -> None:
    """17 MB of noise, which nothing makes smaller: in one slice, which libde265 refuses to read."""
    noise = np.random.default_rng(0).integers(0, 256, (2400, 2400, 3), np.uint8)
    write_photo(tmp_path / "p.heic", Photo(noise))
    assert (tmp_path / "p.heic").stat().st_size > 2**24
    np.testing.assert_array_equal(read_photo(tmp_path / "p.heic").pixels, noise)


@pytest.mark.skipif(not find_spec("pillow_heif"), reason="pillow-heif is not installed")
def test_a_photo_larger_than_a_picture_of_heic_is_a_grid_of_them_and_exact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chelsea: NDArray[np.uint8]
) -> None:
    """48 megapixels in one picture are written without a word and cannot be decoded."""
    import pillow_heif

    monkeypatch.setattr(heic, "_LARGEST", 200 * 200)
    monkeypatch.setattr(heic, "_TILE", 128)
    if not hasattr(pillow_heif.options, "GRID_TILE_SIZE"):
        with pytest.raises(PhotoError, match="update it"):
            write_photo(tmp_path / "p.heic", Photo(chelsea))
        return
    exif = Image.Exif()
    exif[0x0112] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    photo = Photo(chelsea, exif=exif.tobytes(), icc_profile=profile, xmp=XMP, tag=TAG)
    write_photo(tmp_path / "p.heic", photo)
    assert pillow_heif.open_heif(tmp_path / "p.heic").info["tiling"]["tile_width"] == 128
    back = read_photo(tmp_path / "p.heic")
    np.testing.assert_array_equal(back.pixels, chelsea)
    assert (back.exif, back.icc_profile, back.tag) == (photo.exif, profile, TAG)
    alpha = np.zeros(chelsea.shape[:2], np.uint8)
    with pytest.raises(PhotoError, match=r"with alpha; leave alpha out; or use \.png"):
        write_photo(tmp_path / "p.heic", Photo(chelsea, alpha=alpha))


@pytest.mark.parametrize("codec", ["png", "webp", "heic"])
@pytest.mark.parametrize("damage", ["pixel", "alpha", "tag", "profile", "exif", "unreadable"])
def test_a_file_that_does_not_give_back_what_it_was_given_never_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codec: Codec, damage: str
) -> None:
    """An encoder that loses something stands in for the real one."""
    alpha = np.full(NOISE.shape[:2], 9, np.uint8)
    photo = Photo(NOISE, alpha=alpha, tag=TAG)
    lost = {
        "pixel": replace(photo, pixels=NOISE ^ np.uint8(1)),
        "alpha": replace(photo, alpha=alpha + 1),
        "tag": replace(photo, tag=None),
        "profile": replace(photo, icc_profile=SRGB),
        "exif": replace(photo, exif=Image.Exif().tobytes()),
    }

    def lossy(path: Path, given: Photo) -> None:
        if damage == "unreadable":
            path.write_bytes(b"")
        else:
            png.encode(path, lost[damage])

    monkeypatch.setitem(write._EXACT, codec, lossy)
    monkeypatch.setattr(write, "_UNAVAILABLE", {})
    (tmp_path / f"p.{codec}").write_bytes(b"old")
    with pytest.raises(PhotoError, match=r"was not written, since .* use \.png"):
        write_photo(tmp_path / f"p.{codec}", photo)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_jpeg_keeps_full_chroma_at_every_quality(tmp_path: Path, chelsea: NDArray[np.uint8]) -> None:
    scores = []
    for quality in (50, 95, 100):
        write_photo(tmp_path / "p.jpg", Photo(chelsea[:64, :64]), quality=quality)
        with Image.open(tmp_path / "p.jpg") as image:
            assert JpegImagePlugin.get_sampling(image) == 0  # 4:4:4
        scores.append(psnr(read_photo(tmp_path / "p.jpg").pixels, chelsea[:64, :64]))
    assert scores == sorted(scores)
    assert scores[-1] > 45


@pytest.mark.parametrize("name", [*EXACT, "p.jpg"])
@pytest.mark.parametrize("xmp", [None, XMP])
@pytest.mark.parametrize("tag", [None, TAG])
def test_profile_exif_xmp_and_tag_are_read_back(tmp_path: Path, name: str, xmp: str | None, tag: Tag | None) -> None:
    exif = Image.Exif()
    exif[0x0112] = 8
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    write_photo(tmp_path / name, Photo(NOISE, icc_profile=profile, exif=exif.tobytes(), xmp=xmp, tag=tag))
    photo = read_photo(tmp_path / name)
    assert (photo.icc_profile, photo.exif, photo.tag) == (profile, exif.tobytes(), tag)
    assert "".join((photo.xmp or "").split()) == "".join((xmp or "").split())


@pytest.mark.parametrize(
    ("name", "codec"), [("p.png", "png"), ("P.PNG", "png"), ("p.jpg", "jpeg"), ("p.Jpeg", "jpeg"), ("p.png.jpg", "jpeg")]
)
def test_the_suffix_names_the_codec(name: str, codec: Codec, tmp_path: Path) -> None:
    assert codec_of(Path(name)) == codec
    write_photo(tmp_path / name, Photo(NOISE))
    assert read_photo(tmp_path / name).codec == codec


@pytest.mark.parametrize("name", ["p.avif", "p.gif", "p.tiff", "p", ".png", "p.png "])
def test_another_suffix_is_refused_with_those_that_work(name: str, tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match=r"use \.png, \.webp or \.heic, which are exact, or \.jpg"):
        write_photo(tmp_path / name, Photo(NOISE))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "photo"),
    [
        ("absent/p.png", Photo(NOISE)),
        ("p.png", Photo(NOISE[:0])),
        ("p.jpg", Photo(NOISE, xmp="x" * 70_000)),  # a JPEG segment holds 65,533 bytes
        ("p.jpg", Photo(NOISE, exif=b"Exif\0\0" + bytes(70_000))),
        ("p.jpg", Photo(np.zeros((1, 65_536, 3), np.uint8))),  # a JPEG's sides have 16 bits
        ("p.webp", Photo(np.zeros((1, 16_384, 3), np.uint8))),  # and a WebP's 14
        ("p.jpg", Photo(NOISE, alpha=np.zeros((9, 14), np.uint8))),
    ],
)
def test_what_cannot_be_written_is_one_line_and_leaves_the_old_file(tmp_path: Path, name: str, photo: Photo) -> None:
    for old in (tmp_path / "p.png", tmp_path / "p.jpg"):
        old.write_bytes(b"old")
    with pytest.raises(PhotoError) as caught:
        write_photo(tmp_path / name, photo)
    assert str(caught.value).startswith(f"{tmp_path / name}: ")
    assert "\n" not in str(caught.value)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old", b"old"]


def test_a_jpeg_is_progressive_with_the_pixels_of_a_baseline_one_in_fewer_bytes(
    tmp_path: Path, chelsea: NDArray[np.uint8]
) -> None:
    write_photo(tmp_path / "p.jpg", Photo(chelsea), quality=90)
    Image.fromarray(chelsea).save(tmp_path / "baseline.jpg", quality=90, subsampling="4:4:4")
    with Image.open(tmp_path / "p.jpg") as image:
        assert image.info["progressive"]
    np.testing.assert_array_equal(read_photo(tmp_path / "p.jpg").pixels, read_photo(tmp_path / "baseline.jpg").pixels)
    assert (tmp_path / "p.jpg").stat().st_size < (tmp_path / "baseline.jpg").stat().st_size


def test_noise_that_is_too_large_for_pillows_buffer_is_written_all_the_same(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8)
    write_photo(tmp_path / "p.jpg", Photo(noise), quality=100)
    assert psnr(read_photo(tmp_path / "p.jpg").pixels, noise) > 40
    assert capfd.readouterr() == ("", "")
