"""Las siglas que usa un informe, desplegadas al principio como en la fuente."""

import re

from django.utils.html import strip_tags

from territorios.models import Entidad, NombreInstitucion

# Las de las leyes y del oficio; las de las instituciones salen de sus catálogos.
DEL_OFICIO = {
    "CNC": "Consejo Nacional de Competencias",
    "Cootad": "Código Orgánico de Organización Territorial, Autonomía y Descentralización",
    "Copfp": "Código Orgánico de Planificación y Finanzas Públicas",
    "DPA": "División político-administrativa",
    "ETN": "Estrategia Territorial Nacional",
    "GAD": "Gobierno(s) Autónomo(s) Descentralizado(s)",
    "Lootugs": "Ley Orgánica de Ordenamiento Territorial, Uso y Gestión del Suelo",
    "ODS": "Objetivo(s) de Desarrollo Sostenible",
    "PDOT": "Plan(es) de Desarrollo y Ordenamiento Territorial",
    "PND": "Plan Nacional de Desarrollo",
    "PUGS": "Plan(es) de Uso y Gestión del Suelo",
    "SIL": "Sistema(s) de Información Local",
    "SOT": "Superintendencia de Ordenamiento Territorial",
    "UE": "Unión Europea",
}


def siglas_de(contenidos):
    """[(siglas, nombre)] de las que aparecen en esos HTML, por orden alfabético. Dos consultas."""
    palabras = set(re.findall(r"\w+", strip_tags(" ".join(contenidos))))
    conocidas = (
        DEL_OFICIO
        | dict(NombreInstitucion.objects.exclude(siglas="").values_list("siglas", "nombre"))
        | dict(Entidad.objects.exclude(siglas="").values_list("siglas", "nombre"))
    )
    usadas = [par for par in conocidas.items() if par[0] in palabras]
    return sorted(usadas, key=lambda par: par[0].casefold())
