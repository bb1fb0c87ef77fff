"""Un taller por venir con sus GAD convocados y sus oficios, para las pruebas de convocar."""

from datetime import date, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from talleres.acciones_convocatoria import emitir_oficios
from talleres.lector_convocatoria import comun_propuesto, destinatarios_de, hechos_de
from talleres.models import Convocado, Convocatoria
from territorios.models import Contacto
from tests.fabricas import EncuentroFactory, GadFactory


class ConvocatoriaFactory(DjangoModelFactory):
    """El oficio de un GAD convocado, sin correo; el encuentro no cambia de estado."""

    class Meta:
        model = Convocatoria
        skip_postgeneration_save = True

    encuentro = factory.SubFactory(EncuentroFactory)
    gad = factory.SubFactory(GadFactory)
    oficina = "CZ1"
    anio = 2019
    numero = factory.Sequence(lambda n: n + 1)
    fecha = date(2019, 8, 10)
    tratamiento = "Señor/a Alcalde/sa"
    cargo = "Alcalde/sa"
    asunto = "Convocatoria"
    texto = "Le convoco."
    ciudad = "Ibarra"
    firma = "Luz Cedeño"
    firma_cargo = "Coordinadora zonal"
    sitio = "http://testserver"
    hechos = factory.LazyAttribute(lambda una: hechos_de(una.encuentro))

    @factory.post_generation
    def convocado(convocatoria, crear, valor, **kwargs):
        Convocado.objects.get_or_create(encuentro=convocatoria.encuentro, gad=convocatoria.gad)


FIRMA = {"firma": "Luz Cedeño", "firma_cargo": "Coordinadora zonal"}


def taller_por_venir(grupo, territorio, *codigos, dias=10):
    """Un M3 de la mañana, en Rioverde, con esos GAD convocados."""
    taller = EncuentroFactory(
        estrategia=grupo.estrategia,
        tema="Taller de Rioverde",
        fecha=timezone.localdate() + timedelta(days=dias),
        canton=territorio.lugar["0807"],
        grupos=[grupo],
    )
    for codigo in codigos:
        Convocado.objects.create(encuentro=taller, gad=territorio.gad[codigo])
    return taller


def contacto(gad, correo, **datos):
    comun = {"consentimiento": "Acepto", "consentimiento_fecha": date(2019, 8, 1)}
    return Contacto.objects.create(
        gad_id=gad, nombre="Ana", cargo="Secretaria", correo=correo, **comun | datos
    )


def emitir(taller, por, **opciones):
    """Emite los oficios de quienes faltan con lo que propone la página, y los devuelve."""
    datos = {uno.gad.pk: uno.propuesta for uno in destinatarios_de(taller)}
    comun = comun_propuesto(taller, por) | FIRMA
    opciones = {"version": taller.version, "sitio": "http://testserver"} | opciones
    return emitir_oficios(taller, datos, comun, por=por, **opciones)
