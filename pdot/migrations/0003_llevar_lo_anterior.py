"""Lleva a la forma nueva lo que ya estaba escrito: objetivos, hojas de visión, orígenes, estados."""

from django.db import migrations
from django.utils import timezone

VISION = {"codigo": "vision", "clase": "vision", "titulo": "Nueva visión y problemas"}


def objetivos_por_filas(apps, esquema):
    """El texto, uno por línea, pasa a ser un objetivo por fila."""
    Pdot, Objetivo = apps.get_model("pdot", "Pdot"), apps.get_model("pdot", "Objetivo")
    for pk, texto in Pdot.objects.exclude(objetivos_texto="").values_list("pk", "objetivos_texto"):
        lineas = [linea.strip()[:500] for linea in texto.splitlines() if linea.strip()]
        Objetivo.objects.bulk_create(
            Objetivo(pdot_id=pk, orden=orden, texto=linea) for orden, linea in enumerate(lineas, 1)
        )


def hoja_de_vision(apps, esquema):
    """La página de la visión, que antes se agregaba a mano, es una sección de cada instrumento."""
    Instrumento, Seccion = apps.get_model("pdot", "Instrumento"), apps.get_model("pdot", "Seccion")
    for instrumento in Instrumento.objects.exclude(secciones__clase="vision"):
        ultima = instrumento.secciones.order_by("-orden").first()
        orden = ultima.orden + 1 if ultima else 1
        Seccion.objects.create(instrumento=instrumento, orden=orden, **VISION)


def lo_que_mide_cada_seccion(apps, esquema):
    """A qué indicador suma, que hasta ahora se sabía por su código."""
    Seccion = apps.get_model("pdot", "Seccion")
    for codigo, mide in (("interna", "interna"), ("plan_gobierno", "gobierno")):
        Seccion.objects.filter(codigo=codigo, clase="preguntas").update(mide=mide)


def origen_de_necesidades(apps, esquema):
    """Las que se dijeron en un encuentro nacieron de él."""
    apps.get_model("pdot", "Necesidad").objects.filter(encuentro__isnull=False).update(
        origen="encuentro"
    )


def estado_de_planes(apps, esquema):
    """El plan cuyo último año ya pasó está terminado."""
    pasados = {"anio_hasta__lt": timezone.localdate().year}
    apps.get_model("pdot", "Pdot").objects.filter(**pasados).update(estado="terminado")


def llevar(apps, esquema):
    """En un solo paso: por cada uno, Django vuelve a armar todos los modelos de la historia."""
    for paso in (
        objetivos_por_filas,
        hoja_de_vision,
        lo_que_mide_cada_seccion,
        origen_de_necesidades,
        estado_de_planes,
    ):
        paso(apps, esquema)


class Migration(migrations.Migration):
    dependencies = [("pdot", "0002_coherencia")]

    operations = [migrations.RunPython(llevar, migrations.RunPython.noop)]
