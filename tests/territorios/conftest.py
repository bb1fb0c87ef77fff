"""Una fila de cada modelo del admin, con todas sus relaciones puestas."""

from datetime import date

import pytest

from acompanamiento.models import (
    ElementoEstrategia,
)
from pdot.models import (
    CifrasDeGad,
    ElementoVision,
    Observacion,
    Paso,
    Pregunta,
    Problema,
    Seccion,
)
from talleres.cuenta_choques import contar_choques
from talleres.models import (
    Convocado,
    Facilitacion,
    Feriado,
    OrigenAcuerdo,
    ParametrosDeAgenda,
)
from territorios.cartero import encolar
from territorios.models import (
    CapaLimites,
    Contacto,
    Contorno,
    EspacioCoordinacion,
    MiembroEspacio,
    NombreInstitucion,
    OtroTerritorio,
    Vecindad,
)
from tests.fabricas import (
    AporteFactory,
    AutoridadFactory,
    EntidadFactory,
    PronunciamientoFactory,
    PuntoAgendaFactory,
    TrasladoFactory,
)
from tests.fabricas_borradores import foto_de
from tests.fabricas_formulario import filas_de_las_hojas
from tests.fabricas_instrumento import EnNombreFactory
from tests.fabricas_plan import filas_del_plan
from tests.fabricas_revision import filas_de_la_revision
from tests.fabricas_vision import filas_de_la_vision
from tests.filas import (
    filas_de_la_asistencia,
    filas_de_la_convocatoria,
    filas_de_la_preparacion,
    filas_de_lo_que_sale,
    filas_de_lo_recogido,
    filas_del_plan_de_capacidades,
    filas_del_seguimiento,
)


@pytest.fixture
def muestras(
    elenco,
    territorio,
    encuentro1,
    encuentro2,
    grupo1,
    acuerdos,
    aceptados,
    hitos,
    lineas,
    evaluaciones,
    suscripcion,
    en_bloque,
    llave_de_api,
    publicacion,
):
    """Una fila de cada modelo registrado, con todas sus relaciones puestas."""
    enviada = evaluaciones["0801"]
    capa = CapaLimites.objects.create(nombre="Esquema", fuente="DPA", fecha=date(2019, 1, 1))
    espacio = EspacioCoordinacion.objects.create(nombre="Mesa", tipo="mesa_zonal")
    pregunta = Pregunta.objects.first()
    paso = Paso.objects.filter(evaluacion=enviada).last()
    filas = [
        territorio.zona[1],
        territorio.lugar["080752"],
        Vecindad.objects.first(),
        OtroTerritorio.objects.create(codigo="9001", nombre="Las Golondrinas", tipo="zona"),
        territorio.gad["080752"],
        AutoridadFactory(gad=territorio.gad["0807"]),
        EntidadFactory(),
        NombreInstitucion.objects.create(nombre="STPE", desde=date(2018, 1, 1)),
        espacio,
        MiembroEspacio.objects.create(espacio=espacio, gad=territorio.gad["0807"]),
        Contacto.objects.create(
            gad=territorio.gad["0807"],
            nombre="Contacto de prueba",
            cargo="Director/a de Planificación",
            consentimiento="Acepta que se le escriba.",
            consentimiento_fecha=date(2019, 8, 1),
        ),
        capa,
        Contorno.objects.create(
            capa=capa,
            territorio=territorio.lugar["0807"],
            trazo="m0 0l1 1z",
            izquierda=0,
            arriba=0,
            derecha=1,
            abajo=1,
        ),
        encolar(clave="muestra", para="a@ejemplo.gob.ec", asunto="Muestra", texto="Muestra"),
        elenco["plan_rioverde"],
        *filas_de_lo_que_sale(grupo1, elenco["zonal1"]),
        llave_de_api,
        publicacion,
        en_bloque["trabajo1"],
        en_bloque["trabajo1"].piezas.first(),
        grupo1.estrategia,
        ElementoEstrategia.objects.create(
            estrategia=grupo1.estrategia, tipo="eje", orden=1, nombre="Institucionalización"
        ),
        grupo1.criterio,
        grupo1,
        grupo1.membresias.first(),
        acuerdos["acuerdo1"],
        *filas_del_seguimiento(acuerdos["acuerdo1"], hitos["hito1"], elenco["zonal1"]),
        lineas["linea1"],
        PronunciamientoFactory(linea=lineas["linea1"], gad=territorio.gad["0807"]),
        encuentro1,
        PuntoAgendaFactory(encuentro=encuentro1),
        *filas_de_la_preparacion(encuentro1),
        *filas_de_la_convocatoria(encuentro1, elenco["zonal1"]),
        *filas_de_la_asistencia(encuentro1),
        *filas_de_lo_recogido(encuentro1, grupo1, elenco["zonal1"]),
        *filas_del_plan_de_capacidades(grupo1, elenco["zonal1"]),
        Convocado.objects.create(encuentro=encuentro1, gad=territorio.gad["0801"]),
        Facilitacion.objects.create(encuentro=encuentro1, entidad=EntidadFactory()),
        OrigenAcuerdo.objects.create(acuerdo=acuerdos["acuerdo1"], encuentro=encuentro1),
        AporteFactory(estrategia=grupo1.estrategia, grupo=grupo1, encuentro=encuentro1),
        TrasladoFactory(estrategia=grupo1.estrategia),
        suscripcion,
        aceptados["choque1"],
        Feriado.objects.create(
            fecha=date(2019, 8, 5), nombre="Cantonización", canton=territorio.lugar["0807"]
        ),
        ParametrosDeAgenda.objects.create(),
        contar_choques(grupo1.estrategia_id),
        CifrasDeGad.objects.create(gad=territorio.gad["0801"], aprobada=enviada, cifras={}),
        enviada.pdot,
        EnNombreFactory(evaluacion=enviada, por=elenco["zonal1"]),
        *filas_del_plan(enviada.pdot),
        enviada.instrumento,
        Seccion.objects.first(),
        pregunta,
        enviada,
        enviada.respuestas.first(),
        paso,
        Observacion.objects.create(evaluacion=enviada, pregunta=pregunta, paso=paso, texto="¿?"),
        Problema.objects.create(evaluacion=enviada, orden=1, texto="Agua"),
        *filas_de_las_hojas(enviada),
        ElementoVision.objects.create(evaluacion=enviada, orden=1, texto="Turismo"),
        *filas_de_la_revision(enviada, grupo1, elenco["zonal1"]),
        *filas_de_la_vision(grupo1, enviada, encuentro1, elenco["zonal1"]),
    ]
    filas.append(foto_de(enviada))
    ElementoVision.objects.create(grupo=grupo1, orden=1, texto="Corredor turístico")
    return {type(fila): fila for fila in filas}
