"""Las tres importaciones por su nombre, con las opciones como las escribe un formulario."""

from datetime import date


def importar(clase, archivo, opciones, **control):
    """Llama a la importación de esa clase («limites», «dpa», «autoridades»).

    `opciones`: nivel, fuente y fecha (AAAA-MM-DD) según la clase. `control`: por, aprobada y
    solo_revisar. Devuelve su VistaPrevia y lanza lo que ella lance.
    """
    opciones = dict(opciones)
    if "fecha" in opciones:
        opciones["fecha"] = date.fromisoformat(opciones["fecha"])
    return _la_de(clase)(archivo, **opciones, **control)


def _la_de(clase):
    # openpyxl y shapely se traen cuando alguien importa: no pesan en el resto de la web.
    if clase == "limites":
        from .limites import importar_limites

        return importar_limites
    if clase == "dpa":
        from .dpa import importar_dpa

        return importar_dpa
    from .autoridades import importar_autoridades

    return importar_autoridades
