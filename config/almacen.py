"""Almacén de los archivos estáticos en producción: con huella en el nombre y comprimidos."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


def sin_mapas(patrones):
    """Los mismos patrones de enlace, menos los que buscan el mapa de un archivo minificado."""
    return tuple(
        (extension, tuple(regla for regla in reglas if "sourceMappingURL" not in str(regla)))
        for extension, reglas in patrones
    )


class AlmacenSinMapas(CompressedManifestStaticFilesStorage):
    """De los paquetes se publica el CSS y no su mapa, que solo sirve para depurarlos.

    Django exige que todo archivo enlazado exista, y sin esto `collectstatic` no termina.
    """

    patterns = sin_mapas(CompressedManifestStaticFilesStorage.patterns)
