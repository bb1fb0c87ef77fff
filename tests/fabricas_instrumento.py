"""Fábricas del instrumento y de lo que se llena en nombre de un GAD."""

from datetime import date

from factory.django import DjangoModelFactory

from pdot.models import EnNombre, Instrumento, Seccion

from .fabricas import InstrumentoFactory


class EnNombreFactory(DjangoModelFactory):
    """Llenado que rige; pida la evaluación y la persona de la zona."""

    class Meta:
        model = EnNombre

    reunion = date(2019, 8, 22)
    respaldo = "Respondió la dirección de planificación; el papel queda en la zona."


def con_hoja_de_vision(instrumento):
    """Le pone la hoja de visión si no la tiene, y lo devuelve."""
    Seccion.objects.get_or_create(
        instrumento=instrumento,
        clase=Seccion.Clase.VISION,
        defaults={"codigo": "vision", "orden": 99, "titulo": "Nueva visión y problemas"},
    )
    return instrumento


def borrador_de_instrumento(numero=2):
    """Uno sin publicar, con seis preguntas en dos secciones y su hoja de visión."""
    Instrumento.objects.filter(numero=numero).delete()
    guia = InstrumentoFactory(numero=numero, publicado=False, con_preguntas=True)
    return con_hoja_de_vision(guia)
