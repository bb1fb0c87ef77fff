"""Imágenes fabricadas para las pruebas: con GPS, giradas, enormes o disfrazadas."""

import struct
import zlib
from io import BytesIO

from PIL import Image

ORIENTACION, GPS, CAMARA, AUTOR = 0x0112, 0x8825, 0x0110, 0x013B
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def foto(ancho=640, alto=480, *, formato="JPEG", color=(40, 90, 160), exif=None, modo="RGB"):
    """Bytes de una imagen lisa con la esquina superior izquierda roja."""
    imagen = Image.new(modo, (ancho, alto), color)
    imagen.paste("red", (0, 0, ancho // 4, alto // 4))
    salida = BytesIO()
    imagen.save(salida, formato, **({"exif": exif} if exif else {}))
    return salida.getvalue()


def foto_con_gps(**datos):
    """La que saca un teléfono: con el lugar, la cámara y quien la tomó en el EXIF."""
    exif = Image.Exif()
    exif[CAMARA], exif[AUTOR] = "Cámara delatora", "Autora delatora"
    exif.get_ifd(GPS).update({1: "N", 2: (1.0, 4.0, 22.0), 3: "W", 4: (79.0, 24.0, 41.0)})
    return foto(exif=exif, **datos)


def foto_de_lado(**datos):
    """Guardada de lado: hay que girarla noventa grados a la derecha para verla bien."""
    exif = Image.Exif()
    exif[ORIENTACION] = 6
    return foto(exif=exif, **datos)


def png_gigante(ancho=20_000, alto=10_000):
    """Un PNG de 200 megapíxeles que pesa menos de un kilobyte: la cabecera y casi nada más."""
    cabecera = struct.pack(">IIBBBBB", ancho, alto, 8, 2, 0, 0, 0)
    trozos = [(b"IHDR", cabecera), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_trozo(*trozo) for trozo in trozos)


def _trozo(clase, datos):
    suma = struct.pack(">I", zlib.crc32(clase + datos))
    return struct.pack(">I", len(datos)) + clase + datos + suma
